// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {IEscrow} from "./IEscrow.sol";

/// @title Privacy oracle: models of the privacy game, solved by one node and checked by the others (paper 4)
/// @notice A group asks, through its virtual account, for a model that disguises its members' queries. A committee of
/// nodes is drawn, each with a stake. Round 1: every node fetches and checks the profiles and submits a mark of their
/// digest. Round 2: one node solves and proposes; the others check its certificate and vote. Threshold-many equal
/// votes decide. Whoever is outvoted loses a penalty to the requester, and has no further part in the request.
///
/// A mark is keccak256(abi.encode(requestId, node, profileDigest)): it shows agreement once the digest is known, and
/// nobody can copy it before. Profiles of low entropy could be guessed from it; the digest covers the members'
/// signatures, which have more.
///
/// The order of the submissions is the order of solving: attempt k is made by the node that submitted as number k, from
/// 0. Nodes that were penalised are passed over, so attempts can be missing between two others.
///
/// proposalHash = keccak256(abi.encode(requestId, attempt, solver, proposal)), attempt as uint256. A vote is signed by
/// the node's own account as EIP-712 typed data, domain ("PrivacyOracle", "1", chain, contract), type
/// Vote(bytes32 requestId,uint256 attempt,bytes32 proposalHash,bool accept,bytes32 evidence).
///
/// The seed of the draw is the block's prevrandao: who proposes the block can choose among a few committees, and a
/// requester that is a contract can undo a request whose committee it does not like. Models are for the requester's
/// own group, so it gains little; do not build on the committee's chance anything worth more.
interface IPrivacyOracle is IEscrow {
    enum State {
        None,
        Gathering, // round 1
        Solving, // round 2, until the attempt's proposal
        Voting, // round 2, from the proposal on
        Finalised, // there is a model
        Refused, // the committee found that there can be no model, and said why
        Expired // neither; ExpiryReason says why
    }

    enum Outcome {
        Model,
        Refusal
    }

    enum ExpiryReason {
        TooFewProfiles, // fewer marks than the threshold
        NoModel // no solver was left, or the request's time was up
    }

    enum Offence {
        OutvotedProfiles, // its mark is not of the digest that threshold-many others have
        RejectedProposal, // it proposed what was rejected
        OutvotedVote, // it accepted what was rejected, or rejected what was accepted
        Equivocation // it signed that it accepts and that it rejects the same proposal
    }

    /// @dev Times are in seconds; the first three at least 1 and below 2^23 (97 days).
    struct Terms {
        bytes32 document; // SHA-256 of the terms document, stored as one raw IPFS block: members, sources, hashes, α, β, cells
        bytes groupKey; // uncompressed P-256 point (65 bytes, 0x04 first), to which the model is sealed
        uint96 fee; // for a model, in the currency's smallest unit, at least 1
        uint8 committee; // n, 3..15
        uint8 threshold; // m, n/2 < m <= n
        uint32 gatherSeconds; // for round 1
        uint32 solveSeconds; // for a proposal, of each attempt
        uint32 voteSeconds; // for the votes, of each attempt
        uint32 validity; // of the model, at least 1
    }

    struct Proposal {
        bytes32 profileDigest; // of all profiles, as the committee agreed on it in round 1
        bytes32 result; // SHA-256 of the model's canonical bytes; of a refusal, of the document that says why; not 0
        bytes32 content; // SHA-256 of the raw IPFS block with the sealed model, or with the list of its parts; of a refusal 0
        uint64 expiresAt; // Unix time, the last second of the model's validity; of a refusal 0
        Outcome outcome;
    }

    /// @dev What a node signs.
    struct Vote {
        bytes32 requestId;
        uint256 attempt;
        bytes32 proposalHash;
        bool accept;
        bytes32 evidence; // of a rejection the SHA-256 of a report that says why; of an acceptance 0
    }

    struct Status {
        State state;
        address requester;
        uint96 fee;
        uint8 committee; // n
        uint8 threshold; // m
        uint8 submitted; // marks so far
        uint8 attempt; // present or last one, from 0
        uint8 accepts; // of the present or last proposal, the solver's own included
        uint8 rejects;
        address solver; // of the present or last attempt; 0 while gathering
        uint64 deadline; // of the present step, that second included; after the end, of the challenges
        uint64 endsAt; // no attempt begins later
        bytes32 profileDigest; // 0 until the first proposal
        bytes32 proposalHash; // of what is voted on or was accepted; otherwise 0
        bool released;
    }

    struct Member {
        bytes24 mark; // the first 24 bytes; 0 until submitted
        uint8 ballot; // 1 + the attempt that it last voted on; 0 for none
        bool accepted; // in that vote
        bool penalised; // and so excluded
    }

    /// @notice A node's key to which profiles are sealed; a later one replaces it.
    event NodeRegistered(address indexed node, bytes publicKey);
    event StakeAdded(address indexed node, uint256 amount);
    event StakeWithdrawn(address indexed node, address indexed to, uint256 amount);
    event NodeRetired(address indexed node);
    event NodeReturned(address indexed node);
    /// @notice A node submitted no mark in a request that is over. It loses nothing, but is retired until it returns.
    event NodeSilent(bytes32 indexed requestId, address indexed node);

    event Requested(
        bytes32 indexed requestId,
        address indexed requester,
        Terms terms,
        address[] committee,
        uint64 gatherBy,
        uint64 endsAt
    );
    event ProfilesSubmitted(bytes32 indexed requestId, address indexed node, uint256 order, bytes32 mark);
    /// @notice It is this solver's turn. Where round 1 ended by its deadline, the event of attempt 0 comes late, with the
    /// first call after it.
    event AttemptStarted(bytes32 indexed requestId, uint256 attempt, address indexed solver, uint64 proposeBy);
    event ProfilesSettled(bytes32 indexed requestId, bytes32 profileDigest, uint256 marks);
    event Proposed(
        bytes32 indexed requestId,
        uint256 attempt,
        address indexed solver,
        Proposal proposal,
        bytes32 proposalHash,
        uint64 voteBy
    );
    event Voted(
        bytes32 indexed requestId,
        address indexed node,
        uint256 attempt,
        bytes32 proposalHash,
        bool accept,
        bytes32 evidence
    );
    event ProposalRejected(bytes32 indexed requestId, address indexed solver, uint256 attempt);
    /// @notice The attempt ended without a proposal, or without enough votes.
    event HandedOver(bytes32 indexed requestId, address indexed solver, uint256 attempt);
    event ModelFinalised(
        bytes32 indexed requestId, address indexed solver, bytes32 result, bytes32 content, uint64 expiresAt
    );
    /// @notice There can be no model; the document whose SHA-256 is `result` says why. The fee went back.
    event RequestRefused(bytes32 indexed requestId, address indexed solver, bytes32 result);
    /// @notice There is no model. The fee went back.
    event RequestExpired(bytes32 indexed requestId, ExpiryReason reason);
    event FeePaid(bytes32 indexed requestId, address indexed node, uint256 amount);
    event Penalised(bytes32 indexed requestId, address indexed node, Offence offence, uint256 amount);
    event Equivocated(
        bytes32 indexed requestId,
        address indexed node,
        Vote first,
        bytes firstSignature,
        Vote second,
        bytes secondSignature
    );
    /// @notice What the committee had reserved for this request is free again.
    event Released(bytes32 indexed requestId);

    error InvalidParameters();
    error InvalidPublicKey();
    error InvalidTerms();
    error InvalidProposal();
    error InvalidMark();
    /// @dev At this position of the batch; its length where there are not as many signatures.
    error InvalidVote(uint256 position);
    error InvalidEquivocation();
    error NotRegistered(address account);
    error NotAllowed(address account);
    error StakeTooLow(uint256 available, uint256 needed);
    error RegistryFull();
    error NotEnoughNodes(uint256 drawable);
    error WrongState(bytes32 requestId, State state);
    error TooLate(bytes32 requestId, uint64 deadline);
    error TooEarly(bytes32 requestId, uint64 deadline);
    error AlreadySubmitted(address node);
    error AlreadyVoted(address node);
    error AlreadyPenalised(address node);
    error TooFewMarks(uint256 marks, uint256 threshold);

    /// @notice Become a node that is drawn, or replace the key and return. Takes `stake`, which adds to what there is.
    /// @param publicKey uncompressed P-256 point (65 bytes, 0x04 first, on the curve), to which profiles are sealed
    /// @param stake so much that there is at least one penalty afterwards
    function register(bytes calldata publicKey, uint128 stake) external;

    /// @notice Add to the caller's stake. More free stake means seats in more requests at a time.
    function addStake(uint128 amount) external;

    /// @notice Take back what no request has reserved.
    function withdrawStake(uint128 amount, address to) external;

    /// @notice Not to be drawn any more. Requests that run go on.
    function retire() external;

    /// @notice To be drawn again, also after NodeSilent, or when there is room again in a registry that was full.
    function resume() external;

    /// @notice Ask for a model. Takes the fee, draws the committee and reserves a penalty of each of its nodes. The id
    /// covers chain, contract, requester, terms and committee, so after a reorganisation another request has another id.
    function request(Terms calldata terms) external returns (bytes32 requestId);

    /// @notice A node of the committee has fetched and checked all profiles. Until the deadline of round 1, once.
    function submitProfiles(bytes32 requestId, bytes32 mark) external;

    /// @notice The present solver proposes a model, or a refusal, until its deadline. This is also its vote. The first proposal
    /// settles the profiles' digest: at least threshold-many marks must be of it, among them the solver's.
    /// @param proposal expires after the votes' deadline, and at most solve and vote windows and validity from now
    function propose(bytes32 requestId, Proposal calldata proposal) external;

    /// @notice Hand in votes, by anybody, until the votes' deadline. Voters are the committee's nodes with a mark of the
    /// settled digest. When accepts or rejects reach the threshold, with the last vote handed in, that decides:
    /// an accepted model ends the request and pays the fee; an accepted refusal ends it and gives the fee back; a rejected
    /// proposal costs its solver and those who accepted it a penalty, and the next attempt begins.
    /// @dev Of the fee half goes to the solver, the rest to the other nodes that accepted, in equal parts; what cannot be
    /// parted to the solver. Everything is set aside for them: in a decision nobody is called.
    function vote(bytes32 requestId, Vote[] calldata votes, bytes[] calldata signatures) external;

    /// @notice After the present step's deadline, by anybody: the request goes to the next solver. If there are too few
    /// marks, no solver is left or the request's time is up, it expires instead and the fee goes back. To be late costs
    /// a solver its turn, and to be silent a voter its part of the fee, no more: nodes crash, and chains stall.
    function handOver(bytes32 requestId) external;

    /// @notice Show that a node of the committee signed two votes on one proposal, one that accepts and one that rejects.
    /// By anybody, until the end of the challenges. Costs the node a penalty if it has not lost it yet.
    /// @dev Votes on two proposals of one attempt are no offence: a reorganisation can bring an honest node there.
    function reportEquivocation(
        Vote calldata first,
        bytes calldata firstSignature,
        Vote calldata second,
        bytes calldata secondSignature
    ) external;

    /// @notice After the end of the challenges, by anybody: what the request had reserved becomes free.
    function release(bytes32 requestId) external;

    /// @notice Where a request stands, at this block's time.
    function requestOf(bytes32 requestId) external view returns (Status memory);

    /// @notice The nodes of a committee: first those that submitted a mark, in that order, which is the order of solving.
    function committeeOf(bytes32 requestId) external view returns (address[] memory);
    function memberOf(bytes32 requestId, address node) external view returns (Member memory);

    /// @notice A finalised model; all 0 when there is none. `valid` until expiresAt.
    function modelOf(bytes32 requestId)
        external
        view
        returns (bytes32 result, bytes32 content, uint64 expiresAt, bool valid);

    /// @notice A node's stake and the part of it that requests have reserved; whether it wants to be drawn, and whether it
    /// can be now.
    function nodeOf(address node) external view returns (uint256 stake, uint256 reserved, bool active, bool drawable);

    /// @notice All nodes that can be drawn now.
    function drawableNodes() external view returns (address[] memory);

    /// @notice What an offence costs, and what a seat in a committee reserves; in the currency's smallest unit.
    function penalty() external view returns (uint128);

    /// @notice Seconds after a request's end in which equivocation can be shown.
    function challengeWindow() external view returns (uint32);
    function currency() external view returns (address);
}
