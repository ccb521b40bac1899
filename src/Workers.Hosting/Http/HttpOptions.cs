using System.ComponentModel.DataAnnotations;

namespace Workers.Hosting.Http;

/// <summary>Section <c>Http</c>: where health, metrics and the APIs answer.</summary>
public sealed class HttpOptions
{
    /// <summary>Loopback unless told otherwise; port 0 takes any free one.</summary>
    [Required, RegularExpression("^https?://[^/]+/?$", ErrorMessage = "has to be like http://127.0.0.1:8080.")]
    public string Url { get; set; } = "http://127.0.0.1:8080";

    /// <summary>File of the API's token, made at first start; default: <c>api-token</c> in the data directory.</summary>
    public string? TokenFile { get; set; }

    /// <summary>Whether a new token is printed to the standard output. Default: yes.</summary>
    public bool ShowToken { get; set; } = true;
}
