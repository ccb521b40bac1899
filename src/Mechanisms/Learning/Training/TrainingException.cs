namespace Mechanisms.Learning.Training;

/// <summary>Samples or a recipe that cannot be trained with, or a training that came to nothing; the message says which and what to change.</summary>
public sealed class TrainingException : Exception
{
    /// <summary>With a sentence for the operator.</summary>
    public TrainingException(string message)
        : base(message)
    {
    }

    /// <summary>With a sentence and its cause.</summary>
    public TrainingException(string message, Exception innerException)
        : base(message, innerException)
    {
    }

    /// <summary>Without a sentence.</summary>
    public TrainingException()
    {
    }
}
