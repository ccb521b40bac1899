// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

/// @title Trading sessions for training data (paper 2, Figure 3, with escrow, penalties, compensation and time-outs)
/// @notice A collector offers a reward for the best training data. Providers commit to their encrypted shards with a
/// deposit; the collector samples each of them once and scores the features that they submit; one candidate shows its
/// sampled shards; if the collector then wants the data, the reward goes to the candidate in the transaction that opens
/// all of its shards. Every unit that enters escrow leaves it once: as reward, compensation, penalty or refund.
///
/// A provider's shards stand in strictly ascending order of their retrieval keys, which are not 0. Shard i has
///   salt_i = keccak256(abi.encode(claimKey, i)), claimKey being 32 secret bytes of the provider's choice, and
///   leaf_i = keccak256(abi.encode(key_i, salt_i)),
/// and the root over the n leaves joins neighbours as keccak256(abi.encode(left, right)); the last node of a level of
/// odd length moves up unchanged. commitment = keccak256(abi.encode(root, sessionId, provider)), so that nobody can
/// register another's commitment as its own, nor claim with keys that it reads in the pool of waiting transactions.
///
/// A shard whose content key is derived from both salt_i and a session key that only the collector is given (sealed,
/// with the review) can be opened by the collector for the sampled shards after the review, for all shards after the
/// claim, and by nobody else. The claim proves that every salt comes from the one claimKey.
///
/// Shard i of the sample, 0 <= i < k = floor(n · sampleShare / 10000), is the one number from + h mod width of its
/// stratum: from = floor(i · n / k), width = floor((i + 1) · n / k) − from, h = keccak256(abi.encode(seed, i)).
interface ITradingSessions {
    /// @dev The states of Figure 3.
    enum State {
        None,
        Pending,
        Reviewing,
        Reviewed,
        Closed
    }

    enum Status {
        None,
        Registered,
        Sampled,
        Submitted,
        Shown
    }

    /// @dev How a session, or a candidate's part in it, ended; who got what. From ReviewMissing on, the candidate lost
    /// its deposit.
    enum Outcome {
        Abandoned, // no candidate: the reward goes back
        WalkedAway, // the collector did not want what it reviewed: the compensation to the candidate, with its deposit
        Traded, // reward and deposit to the winner
        ReviewMissing, // the candidate did not show its review: reward and its deposit to the collector
        ClaimMissing, // the winner did not claim: reward and its deposit to the collector
        Condemned // the arbiter found the review false: its deposit to the collector, who may name another candidate
    }

    /// @dev A session's conditions, which nobody can change. The contract keeps only their hash, the session's id:
    /// sessionId = keccak256(abi.encode(terms)). Every call brings them along, from SessionCreated. Amounts are in the
    /// token's smallest unit, at least 1; windows are seconds, at least 1 and below 2^23 (97 days), as is the time
    /// to expiry.
    struct Terms {
        address collector;
        uint256 reward; // CF_reward
        uint256 deposit; // CF_deposit, of every provider
        uint256 sampleShare; // CF_% in basis points, 1..10000: of a provider's shards, and of the reward as compensation
        uint256 expiry; // CF_expiry, Unix time; the last second to register, sample, submit
        // features and name the candidate
        uint256 reviewWindow; // for the candidate to show its sample, from SetCandidate
        uint256 decisionWindow; // for the collector to take it or leave it, from SubmitReview
        uint256 claimWindow; // for the winner to claim, from SetOptimal
        address arbiter; // may condemn a false review; 0 where nobody may
        bytes32 extractor; // SHA-256 of the obfuscated feature extractor's file
        bytes32 agreement; // SHA-256 of a document, stored as one raw block, with all else that is agreed: where the
        // extractor is, the collector's public key of this session, shards, preprocessing, recipe
    }

    struct Session {
        State state;
        uint64 deadline; // of the present step, that second included: expiry, then review, decision and claim
        address candidate;
    }

    struct Provider {
        Status status;
        uint16 shards;
        uint32 seed;
        bytes25 commitment; // the first 25 bytes
    }

    event SessionCreated(bytes32 indexed sessionId, address indexed collector, Terms terms);
    event Registered(bytes32 indexed sessionId, address indexed provider, uint16 shards, bytes32 commitment);
    event DataSampled(bytes32 indexed sessionId, address indexed provider, uint32 seed);
    /// @notice A provider submitted features of its sampled shards: where they are, sealed to the collector.
    event FeaturesSubmitted(bytes32 indexed sessionId, address indexed provider, bytes sealedFeatures);
    event CandidateSet(bytes32 indexed sessionId, address indexed provider, uint256 reviewBy);
    event ReviewSubmitted(
        bytes32 indexed sessionId,
        address indexed provider,
        bytes32[] keys,
        bytes32[] salts,
        bytes sealedKey,
        uint256 decideBy
    );
    event OptimalSet(bytes32 indexed sessionId, address indexed provider, uint256 claimBy);
    event RewardClaimed(bytes32 indexed sessionId, address indexed provider, bytes32 claimKey, bytes32[] keys);
    /// @notice The session ended, or with Condemned only the candidate's part in it. Candidate is 0 when there was none.
    /// The amounts include the candidate's deposit, but not those of the other providers, who take them with
    /// claimDeposit.
    event Settled(
        bytes32 indexed sessionId,
        address indexed collector,
        address indexed candidate,
        Outcome outcome,
        uint256 toCollector,
        uint256 toCandidate
    );
    event DepositClaimed(bytes32 indexed sessionId, address indexed provider, uint256 amount);
    /// @notice A payment that the token refused was set aside for its receiver.
    event SetAside(address indexed account, uint256 amount);
    /// @notice What was set aside was sent; if the token refuses it again, SetAside follows.
    event Withdrawn(address indexed account, uint256 amount);

    error InvalidTerms();
    error WrongState(State state);
    error WrongStatus(Status status);
    error NotAllowed(address account);
    error TooLate(uint256 deadline);
    error TooEarly(uint256 deadline);
    error InvalidShardCount(uint256 shards);
    error InvalidPayload(uint256 length);
    error WrongKeyCount(uint256 keys, uint256 expected);
    error KeysNotAscending(uint256 position);
    error InvalidProof();
    error CommitmentMismatch();
    /// @dev The token took nothing, or another amount than it was told to.
    error PaymentFailed();
    error UnsupportedToken();
    error Reentered();

    /// @notice Open a session (CreateContract). Takes the reward from the caller, who is its collector, into escrow.
    /// A transaction that is sent again after a reorganisation opens the same session, and a registration cannot fall
    /// into another session than its provider read.
    function createSession(Terms calldata terms) external returns (bytes32 sessionId);

    /// @notice Join with a commitment to `shards` shards, until expiry, once. Takes the deposit.
    /// @param shards 1..4000, and enough that one sampled shard is not more than the sample share
    function register(Terms calldata terms, uint16 shards, bytes32 commitment) external;

    /// @notice The collector draws a provider's sample, until expiry, once.
    /// @param seed decides which shards; 0 leaves the choice to the chain (RandomSample), the event then says which
    function sampleData(Terms calldata terms, address provider, uint32 seed) external;

    /// @notice A sampled provider submits its features, until expiry, once.
    /// @param sealedFeatures HPKE-sealed reference to the features, 1..1024 bytes
    function submitFeatures(Terms calldata terms, bytes calldata sealedFeatures) external;

    /// @notice The collector names the candidate, among the providers that submitted features, until expiry. Another one
    /// can follow only a condemned one.
    function setCandidate(Terms calldata terms, address provider) external;

    /// @notice The candidate opens its sampled shards, until the review deadline, once.
    /// @param keys retrieval keys of the sampled shards, in order
    /// @param salts their salts
    /// @param proof the siblings that cannot be computed from these leaves: level by level from the leaves up, left to
    /// right
    /// @param sealedKey HPKE-sealed session key, 1..1024 bytes
    function submitReview(
        Terms calldata terms,
        bytes32[] calldata keys,
        bytes32[] calldata salts,
        bytes32[] calldata proof,
        bytes calldata sealedKey
    ) external;

    /// @notice The collector wants the candidate's data, until the decision deadline.
    function setOptimal(Terms calldata terms, address provider) external;

    /// @notice The winner opens all its shards and is paid reward and deposit, until the claim deadline. The keys are
    /// public from the moment that this is sent, so send it early, and only when OptimalSet is final on the chain.
    /// @param keys all retrieval keys, in order
    function claimReward(Terms calldata terms, bytes32 claimKey, bytes32[] calldata keys) external;

    /// @notice A provider takes its deposit back, once, after expiry or after the session's end. Not the candidate:
    /// its deposit is paid out with the session.
    function claimDeposit(Terms calldata terms) external;

    /// @notice End a session without a trade. By anybody after the present step's deadline; by the collector also while
    /// there is no candidate and when it does not want what it was shown. By the arbiter, while the collector decides,
    /// it condemns the review instead: the session goes on without the candidate. Outcome says who gets what.
    function close(Terms calldata terms) external;

    /// @notice Take what was set aside for the caller.
    function withdraw() external;

    /// @notice The fields of Session.
    function session(bytes32 sessionId) external view returns (State state, uint64 deadline, address candidate);
    /// @notice The fields of Provider; all 0 before the registration and after the deposit was paid out.
    function provider(bytes32 sessionId, address account)
        external
        view
        returns (Status status, uint16 shards, uint32 seed, bytes25 commitment);
    function setAside(address account) external view returns (uint256);
    function token() external view returns (address);
}
