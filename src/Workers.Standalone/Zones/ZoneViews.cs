namespace Workers.Standalone.Zones;

internal sealed record MembershipView(string Account, bool Active, uint Offences, ulong LockedUntil, bool Allowed, string? Problem);

internal sealed record StandingsView(string? Root, long Number, int Members);

internal sealed record FoundView(string Name, double Metres);

internal sealed record SearchView(string State, string? Problem, int Answered, FoundView[] Found);

/// <param name="Places">What was asked about.</param>
/// <param name="DisguisedBy">The model that chose it, and who asked; null: the caller did.</param>
/// <param name="Found">Null until it is answered.</param>
internal sealed record QueryView(string State, string? Collaborator, PlaceView[] Places, string? DisguisedBy, string? Problem, FoundView[]? Found);

internal sealed record PlaceView(double Latitude, double Longitude);

internal sealed record ZoneSummary(Guid ZoneId, string State, string Report);

internal sealed record ZoneView(ZoneSummary Zone, PlaceView[] Places);

internal sealed record CaseView(string Id, string Offence, string Offender, string State, string Sentence, string? TransactionHash);

internal sealed record RoundView(long Round, string State, string? Report, string? TransactionHash);

internal sealed record StandingView(string Member, uint Reputation, uint Zones);

internal sealed record ServiceView(string Account, string Fee);
