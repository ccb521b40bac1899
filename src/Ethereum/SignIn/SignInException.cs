namespace Ethereum.SignIn;

/// <summary>A sign-in that is refused; the message says why, to whoever tried.</summary>
public sealed class SignInException(string message) : Exception(message);
