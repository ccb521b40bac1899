using System.CommandLine;
using Experiments.HyperX;
using Experiments.PrivacyGame;
using Experiments.Randomness;
using Experiments.Stackelberg;
using Experiments.Zones;

var root = new RootCommand("The papers' experiments, repeated. Each writes its figures and a table with the paper's numbers beside ours.")
{
    StackelbergCommand.Create(), HyperXCommand.Create(), RandomnessCommand.Create(), PrivacyGameCommand.Create(), ZonesCommand.Create(),
};
return await root.Parse(args).InvokeAsync();
