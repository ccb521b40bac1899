using System.ComponentModel.DataAnnotations;
using Mechanisms.PrivacyGame.Models;

namespace Workers.Oracle.Nodes;

/// <summary>Whether and how this house is a node of the oracle. Section <c>Node</c>.</summary>
public sealed class NodeOptions
{
    /// <summary>Stake in credits' smallest unit; the node registers with it and adds to it when it is raised. Default 0: this house is no node.</summary>
    [Range(typeof(decimal), "0", "79228162514264337593543950335")]
    public decimal Stake { get; set; }

    /// <summary>Between two members of a committee that see the same deadline pass. Default 30 seconds.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "1.00:00:00")]
    public TimeSpan HandOverInterval { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>Share of its cost that a solution may cost above the least. Default 0.01; other nodes accept up to 0.05.</summary>
    [Range(0.0001, ModelCheck.MaxGap * 0.9)]
    public double Gap { get; set; } = 0.01;

    /// <summary>Share of the time to propose after which the best that was found is taken, if others would accept it. Default 0.5.</summary>
    [Range(0.05, 0.9)]
    public double SolveShare { get; set; } = 0.5;
}
