using System.ComponentModel.DataAnnotations;

namespace Workers.Collaboration.Queries;

/// <summary>Section <c>Query</c>: how this member bonds queries, and forwards others'.</summary>
public sealed class QueryOptions
{
    /// <summary>As querier: how long an agreement is good for bonding at least (and at most twice that), and members that cannot be reached are asked again. Default 5 minutes.</summary>
    [Range(typeof(TimeSpan), "00:00:10", "12:00:00")]
    public TimeSpan AgreementTime { get; set; } = TimeSpan.FromMinutes(5);

    /// <summary>As querier: the time for the answer, from the bond; nobody forwards before that is final. Whole seconds. Default 30 minutes.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "90.00:00:00")]
    public TimeSpan AnswerTime { get; set; } = TimeSpan.FromMinutes(30);

    /// <summary>As querier: the time for the confirmation, from the answer; whole seconds. Default 1 hour.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "90.00:00:00")]
    public TimeSpan ConfirmTime { get; set; } = TimeSpan.FromHours(1);

    /// <summary>As collaborator: least reward, in the currency's smallest unit. Default 1.</summary>
    [Range(typeof(decimal), "1", "79228162514264337593543950335")]
    public decimal MinReward { get; set; } = 1;

    /// <summary>As collaborator: the least time for the answer, well above the chain's finality. Default 20 minutes.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "90.00:00:00")]
    public TimeSpan MinAnswerTime { get; set; } = TimeSpan.FromMinutes(20);

    /// <summary>As collaborator: the longest that an agreement is good for bonding; so long it keeps a place of <see cref="Parallelism"/> for nothing. Default 30 minutes.</summary>
    [Range(typeof(TimeSpan), "00:00:10", "12:00:00")]
    public TimeSpan MaxAgreementTime { get; set; } = TimeSpan.FromMinutes(30);

    /// <summary>As collaborator: the longest that an answer or a confirmation may take. Default 1 day.</summary>
    [Range(typeof(TimeSpan), "00:00:10", "90.00:00:00")]
    public TimeSpan MaxTime { get; set; } = TimeSpan.FromDays(1);

    /// <summary>As collaborator: queries at once, of one querier half as many; 0 forwards none. Default 16.</summary>
    [Range(0, 10_000)]
    public int Parallelism { get; set; } = 16;

    /// <summary>Until something that has not come yet is looked after again. Default 15 seconds.</summary>
    [Range(typeof(TimeSpan), "00:00:00.1", "01:00:00")]
    public TimeSpan Interval { get; set; } = TimeSpan.FromSeconds(15);
}
