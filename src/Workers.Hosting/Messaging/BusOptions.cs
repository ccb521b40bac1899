using System.ComponentModel.DataAnnotations;
using Workers.Hosting.Configuration;

namespace Workers.Hosting.Messaging;

/// <summary>What carries messages between an organisation's workers.</summary>
public enum BusKind
{
    /// <summary>Within this process; what a kill interrupts is published again at the next start.</summary>
    InMemory,

    /// <summary>Quorum queues on a RabbitMQ broker or cluster.</summary>
    RabbitMq,
}

/// <summary>Section <c>Bus</c>.</summary>
public sealed class BusOptions
{
    /// <summary>Default: in memory.</summary>
    public BusKind Kind { get; set; } = BusKind.InMemory;

    /// <summary>Broker's name or address.</summary>
    [Required]
    public string Host { get; set; } = "localhost";

    /// <summary>For <see cref="Health.Outages"/>.</summary>
    internal string Title => Kind == BusKind.InMemory ? "The bus" : $"The bus on {Host}";

    /// <summary>AMQP port.</summary>
    [Range(1, 65535)]
    public int Port { get; set; } = 5672;

    /// <summary>The organisation's virtual host.</summary>
    [Required]
    public string VirtualHost { get; set; } = "/";

    /// <summary>This worker's own user.</summary>
    [Required]
    public string UserName { get; set; } = "guest";

    /// <summary>Of <see cref="UserName"/>.</summary>
    [Secret]
    public string Password { get; set; } = "guest";

    /// <summary>Encrypts the connection with TLS.</summary>
    public bool Tls { get; set; }

    /// <summary>Messages of one queue that are handled at the same time.</summary>
    [Range(1, 1024)]
    public int Concurrency { get; set; } = 8;

    /// <summary>Messages of one queue that the broker hands out before they are acknowledged.</summary>
    [Range(1, 65535)]
    public int Prefetch { get; set; } = 32;

    /// <summary>How long one publish may wait for its confirmation; after that it is tried again, which is harmless.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "00:10:00")]
    public TimeSpan PublishTimeout { get; set; } = TimeSpan.FromSeconds(30);
}
