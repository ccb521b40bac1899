// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {IEscrow} from "./IEscrow.sol";

/// @title Conduct: members, their standings, their bills and what becomes of those who cheat (papers 3 and 4)
/// @notice Nobody owns or administers it. m of n attestors say who is one person and what standing it has; they cannot take
/// anybody's money. Everything that members sign is EIP-712 typed data, domain ("Conduct", "1", chain, contract):
///
///   Admission(address member,bytes32 subject)                                                         attestors
///   Attestation(bytes32 root,uint32 members,uint32 least,bytes32 content,uint64 number)               attestors
///   Verdict(address offender,uint8 offence,bytes32 evidence,uint64 committedAt)                       attestors
///   Succession(address[] attestors,uint8 threshold,uint64 number)                                     attestors
///   Receipt(uint64 epoch,bytes32 bill)                                                                a bookkeeper
///   ZoneRequest, ZoneAnswer, Place, Bill, Disclosure, Forward: as the structs below                   members
///
/// Trees. leaf_i = keccak256(bytes.concat(keccak256(data_i))); the root over n leaves joins neighbours as
/// keccak256(abi.encode(left, right)); the last node of a level of odd length moves up unchanged. A proof is the
/// siblings from the leaf up, where there is one. Standings: data = abi.encode(member, reputation, zones), in ascending
/// order of the members. An epoch's bills: data = abi.encode(bill, keccak256(signature)), bill being the digest that the
/// requester signed, in strictly ascending order of the bills; so whoever shows two neighbours proves that nothing stands
/// between them.
///
/// An epoch's bills. `open`, after its end, fixes the seed and the standings of the election. Then members have the
/// collecting window to hand in bills, with a candidate for its receipt or on chain with `lodge`. Then candidates post:
/// of several posts the one with the highest score stands, so the elected one's replaces anybody's, and who is silent
/// is replaced by the next. After the posting window come the disputes: who proves that the bookkeeper omitted a bill, or
/// posted one that is none, convicts it and gets its fine, and the posting begins again without it. After the disputes the
/// bookkeeper is paid a sixteenth of the pot.
///
/// The election (paper 3, Eqs. 10 and 11, in whole numbers) is among those whose reputation is above the mean of the
/// standings, or, when nobody's is, among all; the attestors say from which reputation on. score = zones · (2^32 + spread), spread = |sin πt| · 2^32 by Bhaskara's fraction with
/// t = SHA-256(seed ‖ account)[0..4] / 2^32; equal scores go to the larger spread, then to the smaller account. The seed is
/// prevrandao: who proposes the block of `open` can choose among a few, and who opens from a contract can wait for a
/// block that suits it until anybody else opens. Do not build on it what is worth more than the pay.
///
/// Places are in millionths of a degree. Wherever the contract compares a distance with what is allowed it computes a
/// lower bound of it, so that rounding never accuses anybody.
interface IConduct is IEscrow {
    enum Offence {
        FalseStanding, // its request claims a standing that its own root does not give it
        OutsideArea, // it answered with a place outside the area that it answered for
        ImpossibleSpeed, // two of its places are further apart than one can travel
        Leak, // it disclosed a collaborator's place to a third party
        DoubleClaim, // it forwarded one query for two, or two for one
        FalseBatch, // as bookkeeper
        // By verdict: other contracts' events say what happened, and m of n attestors have read them.
        MissingReview, // a candidate of a trading session did not show its review
        Equivocation, // an oracle's node signed that it accepts and that it rejects
        UnansweredTrade, // an owner left a trade unanswered that its own offer had called for
        ExpiredQuery // a collaborator left queries unanswered that it had agreed to forward, and did not decline them
    }

    /// @dev What nobody can change. Amounts are in the currency's smallest unit, at least 1; times in seconds, at least 1
    /// and below 2^23 (97 days).
    struct Rules {
        uint128 bond; // that a member has to have to join
        uint128 dues; // that it pays into the pot then
        uint128 fine; // of an offence, and of a false accusation; at most the bond
        uint32 lock; // of the first offence; each further one is twice as long
        uint8 permanentAfter; // so many offences, 2..20, lock for ever
        uint32 keeping; // statements older than this are no evidence any more; as long is a bond kept after leaving
        uint32 epoch; // length
        uint32 collecting; // of an epoch's bills, from its opening
        uint32 posting;
        uint32 disputing;
        uint32 answering; // a bookkeeper's time to show a bill
        uint32 speed; // m/s that nobody exceeds
        uint32 slack; // metres that a place may be off
    }

    /// @dev Eq. 12. `zone` is random and names the request; the area is the requester's surroundings, within radio range.
    struct ZoneRequest {
        address requester;
        bytes32 zone;
        uint64 time; // Unix time
        bytes32 standings; // root of an attestation
        uint32 reputation; // cv that it claims to have there, in millionths
        uint32 zones; // μ, likewise
        uint8 size; // K
        int32 latitude; // of the area's centre
        int32 longitude;
        uint32 radius; // metres
    }

    /// @dev Eq. 13. By this its signer says that it is in the request's area.
    struct ZoneAnswer {
        address collaborator;
        bytes32 request; // struct hash of the ZoneRequest
        uint64 time;
        bytes32 place; // struct hash of the Place, whose salt hides it
        bytes32 sealedPlace; // SHA-256 of the place sealed to the requester
    }

    struct Place {
        int32 latitude;
        int32 longitude;
        bytes32 salt; // random
    }

    /// @dev A transaction bill, signed by the requester: so S helped R.
    struct Bill {
        address requester;
        address collaborator;
        bytes32 answer; // struct hash of the ZoneAnswer
        uint64 time; // decides the epoch
        bytes32 sealedPlace; // SHA-256 of the place sealed to the collaborator
    }

    /// @dev What nobody signs but who passes a collaborator's place on.
    struct Disclosure {
        address requester; // the signer
        address receiver;
        bytes32 answer; // struct hash of the ZoneAnswer that told it
        Place place;
    }

    /// @dev What a collaborator signs for a location service (ICollaboration). An honest one signs one payload per query.
    struct Forward {
        address collaborator;
        address service;
        bytes32 query;
        bytes32 payload; // SHA-256 of the sealed query
    }

    struct Standing {
        address member;
        uint32 reputation; // cv in millionths, 0..1,000,000
        uint32 zones; // μ
    }

    /// @dev Where a leaf stands in a tree, and its siblings.
    struct Proof {
        uint256 index;
        bytes32[] siblings;
    }

    /// @dev A leaf of an epoch's bills.
    struct BillLeaf {
        bytes32 bill;
        bytes32 signatureHash;
    }

    struct Batch {
        bytes32 root;
        uint32 bills; // at least 1
        bytes32 content; // SHA-256 of the raw IPFS block with the bills and their signatures, or with the list of its parts
    }

    enum EpochState {
        Running, // or not opened yet
        Collecting,
        Posting,
        Disputing,
        Settled
    }

    struct Epoch {
        EpochState state;
        uint64 deadline; // of the present state, that second included
        bytes32 seed;
        bytes32 standings;
        address bookkeeper; // whose batch stands; 0 for none
        Batch batch;
        uint32 demands; // open ones
    }

    struct Attested {
        uint32 members;
        uint32 least; // reputation to be elected
        uint64 number; // from 1; 0 for none
        uint64 time;
    }

    struct Member {
        bytes32 subject; // 0: it never was a member
        uint128 bond;
        bool active;
        uint64 leftAt;
        uint32 offences; // of the person, whatever its account
        uint64 lockedUntil; // that second included; 2^64 − 1 for ever
    }

    event MemberJoined(address indexed member, bytes32 indexed subject, bytes publicKey, string endpoint);
    /// @notice By itself, or because the same person joined with another account.
    event MemberLeft(address indexed member);
    event BondAdded(address indexed account, uint256 amount);
    event BondTaken(address indexed account, address indexed to, uint256 amount);
    event AttestorsChanged(address[] attestors, uint8 threshold, uint64 number);
    event StandingsAttested(uint64 indexed number, bytes32 root, uint32 members, uint32 least, bytes32 content);
    /// @notice The evidence convicts nobody a second time.
    /// @param other the second of two statements that contradict each other, which is used up with the first; else 0
    event Penalised(
        address indexed offender,
        Offence indexed offence,
        bytes32 indexed evidence,
        bytes32 other,
        address accuser,
        uint32 offences,
        uint64 lockedUntil,
        uint256 fine
    );
    /// @notice The accusation does not hold, and its author paid.
    event FalselyAccused(address indexed accuser, address indexed accused, Offence indexed offence, uint256 fine);
    event EpochOpened(uint64 indexed epoch, bytes32 seed, bytes32 standings, uint64 collectUntil, uint64 postUntil);
    event BillLodged(uint64 indexed epoch, bytes32 indexed bill, Bill data, bytes signature);
    event BatchPosted(uint64 indexed epoch, address indexed bookkeeper, Batch batch, uint256 score);
    event BillDemanded(uint64 indexed epoch, uint256 index, address indexed by, uint64 answerBy);
    event BillShown(uint64 indexed epoch, uint256 index, Bill data, bytes signature);
    /// @notice The batch is void; others post until `postUntil`.
    event BatchRefuted(uint64 indexed epoch, address indexed bookkeeper, uint64 postUntil);
    event EpochSettled(uint64 indexed epoch, address indexed bookkeeper, bytes32 root, uint256 pay);

    error InvalidRules();
    error InvalidAttestors();
    error InvalidPublicKey();
    error InvalidEndpoint(uint256 length);
    error InvalidSubject();
    error InvalidAttestation();
    error InvalidBatch();
    error InvalidStatement();
    error InvalidProof();
    /// @dev Fewer than m attestors, or not in ascending order of their accounts.
    error NotAttested(uint256 signatures, uint256 threshold);
    error NotMember(address account);
    error AlreadyMember(address account);
    error BondTooLow(uint256 bond, uint256 needed);
    error BondKept(uint64 until);
    error LockedOut(address account, uint64 until);
    error TooOld(uint64 time);
    error AlreadyPenalised(bytes32 evidence);
    error NotElected(address account);
    error WrongState(uint64 epoch, EpochState state);
    error AlreadyLodged(bytes32 bill);
    error NotDemanded(uint64 epoch, uint256 index);
    error TooEarly(uint64 deadline);

    // Members

    /// @notice Join, or change key and endpoint. Takes `amount`, which adds to the bond, and of a new or returning member the dues. An
    /// account of the same person that was a member before leaves.
    /// @param publicKey uncompressed P-256 point (65 bytes, 0x04 first, on the curve), to which places are sealed
    /// @param endpoint 1..256 bytes: an https address, with the certificate's SHA-256 after the #
    /// @param subject who it is: alike for all accounts of one person, and says nothing else about it; not 0
    /// @param admission attestors' signatures
    function join(
        uint128 amount,
        bytes calldata publicKey,
        string calldata endpoint,
        bytes32 subject,
        bytes[] calldata admission
    ) external;

    function resign() external;

    /// @notice Anybody may have a bond: who accuses needs one.
    function addBond(uint128 amount) external;

    /// @notice Who is no member takes its bond, as long after leaving, accusing or posting as statements are evidence.
    function takeBond(uint128 amount, address to) external;

    function memberOf(address account) external view returns (Member memory);

    /// @notice Not locked: may join groups, form zones, serve the oracle and take part in trading sessions. Also true of
    /// accounts that never came here.
    function isAllowed(address account) external view returns (bool);

    // Attestors

    /// @param content SHA-256 of the raw IPFS block with the standings, or with the list of its parts
    function attest(bytes32 root, uint32 members, uint32 least, bytes32 content, bytes[] calldata signatures) external;

    /// @notice The present attestors name their successors.
    function succeed(address[] calldata attestors, uint8 threshold, bytes[] calldata signatures) external;

    function attestors() external view returns (address[] memory accounts, uint8 threshold, uint64 number);
    function attested(bytes32 root) external view returns (Attested memory);

    /// @notice The latest root; 0 for none.
    function standings() external view returns (bytes32 root);

    // Penalty bills. The caller is their author. One that does not hold costs the author a fine, which goes into the pot:
    // to the accused it would be a way to one's own bond that needs no waiting. One that was filed before reverts. Of the
    // offender's fine the wronged party gets all.

    /// @notice Eq. 14: a signed request claims a standing that the root it names does not give.
    function accuseFalseStanding(
        ZoneRequest calldata request,
        bytes calldata signature,
        Standing calldata standing,
        Proof calldata proof
    ) external;

    /// @notice Eq. 15: a signed answer's place is not in the area of the request.
    function accuseOutsideArea(
        ZoneRequest calldata request,
        ZoneAnswer calldata answer,
        bytes calldata signature,
        Place calldata place
    ) external;

    /// @notice Eq. 15: two answers of one member are too far apart for the time between them.
    function accuseImpossibleSpeed(
        ZoneAnswer[2] calldata answers,
        bytes[2] calldata signatures,
        Place[2] calldata places
    ) external;

    /// @notice The requester passed on, under its signature, the place that an answer had told it.
    function accuseLeak(
        ZoneRequest calldata request,
        ZoneAnswer calldata answer,
        bytes calldata answerSignature,
        Disclosure calldata disclosure,
        bytes calldata signature
    ) external;

    /// @notice Two different forwards of one collaborator with one query, or with one payload.
    function accuseDoubleClaim(Forward[2] calldata forwards, bytes[2] calldata signatures) external;

    /// @notice What other contracts' events show, as m of n attestors have read them.
    /// @param evidence keccak256(abi.encode(chainId, contract, block hash, transaction hash, log index)); of ExpiredQuery the hash
    /// over the queries
    function penalise(
        address offender,
        Offence offence,
        bytes32 evidence,
        uint64 committedAt,
        bytes[] calldata signatures
    ) external;

    // Bills

    function open(uint64 epoch) external;

    /// @notice Hand a bill in on chain, until the end of the collecting. The batch has to contain it.
    function lodge(Bill calldata bill, bytes calldata signature) external;

    function post(uint64 epoch, Batch calldata batch, Standing calldata standing, Proof calldata proof) external;

    /// @notice The batch lacks a bill that was lodged, or that the bookkeeper has given its receipt for: it
    /// stands between these two leaves. index is the number of bills before it; `before` is left empty where that is 0,
    /// `next` where it is all.
    /// @param receipt the bookkeeper's signature of Receipt(uint64 epoch,bytes32 bill); empty for a lodged bill
    function refuteOmission(
        Bill calldata bill,
        bytes calldata signature,
        bytes calldata receipt,
        BillLeaf calldata before,
        bytes32[] calldata beforeSiblings,
        BillLeaf calldata next,
        Proof calldata nextProof
    ) external;

    /// @notice The batch contains what is no bill of the epoch: another epoch's, one between two accounts of one person or
    /// with somebody who never joined, or without its requester's signature.
    function refuteBill(uint64 epoch, Bill calldata bill, bytes calldata signature, Proof calldata proof) external;

    /// @notice Two neighbours are out of order, or the same.
    function refuteOrder(
        uint64 epoch,
        BillLeaf calldata left,
        bytes32[] calldata leftSiblings,
        BillLeaf calldata right,
        Proof calldata rightProof
    ) external;

    /// @notice Let the bookkeeper show a bill of its batch, for a fine from the caller's bond, which goes to the bookkeeper
    /// when it does. The bond has to cover all that the caller demands of this post. Another post, even by the same
    /// bookkeeper, ends the demands on the one before.
    function demand(uint64 epoch, uint256 index) external;

    /// @notice Likewise a bill that the batch has to contain, of a bookkeeper that keeps its batch to itself, so that nobody
    /// can prove what it lacks. Elsewhere this demand's index is the bill.
    function demandBill(Bill calldata bill, bytes calldata signature, bytes calldata receipt) external;

    /// @notice By anybody, until the silence is refuted: the bill where it was demanded, or where a demanded bill stands.
    function show(uint64 epoch, Bill calldata bill, bytes calldata signature, Proof calldata proof) external;

    /// @notice The bookkeeper did not show a bill in time: nobody pays for the demand, and the batch is void.
    function refuteSilence(uint64 epoch, uint256 index) external;

    /// @notice After the disputes, by anybody: the bookkeeper is paid.
    function settle(uint64 epoch) external;

    function epochOf(uint64 epoch) external view returns (Epoch memory);
    function epochAt(uint64 time) external view returns (uint64);

    /// @notice Whether the epoch is settled and contains this bill.
    function isBilled(uint64 epoch, BillLeaf calldata leaf, Proof calldata proof) external view returns (bool);

    /// @notice For an epoch that is open, with its seed and standings.
    function scoreOf(uint64 epoch, Standing calldata standing) external view returns (bool electable, uint256 score);

    /// @notice Lower bound of the metres between two places.
    function distance(int32 latitude, int32 longitude, int32 otherLatitude, int32 otherLongitude)
        external
        pure
        returns (uint256);

    function rules() external view returns (Rules memory);
    function pot() external view returns (uint256);
    function currency() external view returns (address);
}
