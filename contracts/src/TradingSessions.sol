// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {ITradingSessions} from "./ITradingSessions.sol";
import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import {SafeERC20} from "@openzeppelin/contracts/token/ERC20/utils/SafeERC20.sol";
import {Hashes} from "@openzeppelin/contracts/utils/cryptography/Hashes.sol";

/// @title Trading sessions for training data; see ITradingSessions
/// @notice Holds the rewards and deposits of all open sessions. Nobody owns or administers it. A payment that the token
/// refuses is set aside for its receiver, so that no receiver can hold up a session's end.
contract TradingSessions is ITradingSessions {
    using SafeERC20 for IERC20;

    /// @dev So that a claim fits into one transaction: nodes pass on at most 128 KiB.
    uint256 private constant MAX_SHARDS = 4000;
    /// @dev Every step takes less, in seconds (97 days); bounds how long money can be locked.
    uint256 private constant MAX_WINDOW = 2 ** 23;
    uint256 private constant WHOLE = 10_000;
    uint256 private constant MAX_PAYLOAD = 1024;

    IERC20 private immutable _token;
    bool private transient _moving;

    /// @inheritdoc ITradingSessions
    mapping(bytes32 sessionId => Session) public session;
    /// @inheritdoc ITradingSessions
    mapping(bytes32 sessionId => mapping(address account => Provider)) public provider;

    /// @inheritdoc ITradingSessions
    mapping(address account => uint256) public setAside;

    /// @param token_ the ERC-20 in which rewards and deposits are paid; must move exactly the amount it is told to
    constructor(IERC20 token_) {
        if (address(token_).code.length == 0) revert UnsupportedToken();
        _token = token_;
    }

    /// @inheritdoc ITradingSessions
    function createSession(Terms calldata terms) external returns (bytes32 sessionId) {
        Session storage s;
        (sessionId, s) = _session(terms);
        if (s.state != State.None) revert WrongState(s.state);
        if (msg.sender != terms.collector) revert NotAllowed(msg.sender);
        _checkTerms(terms);
        (s.state, s.deadline) = (State.Pending, uint64(terms.expiry));
        emit SessionCreated(sessionId, msg.sender, terms);
        _take(terms.reward);
    }

    /// @inheritdoc ITradingSessions
    function register(Terms calldata terms, uint16 shards, bytes32 commitment) external {
        (bytes32 sessionId,) = _timely(terms, State.Pending);
        Provider storage p = _mustBe(sessionId, msg.sender, Status.None);
        // Below 10000/sampleShare shards a single one would be more than the share.
        if (shards > MAX_SHARDS || _sampleSize(shards, terms.sampleShare) == 0) revert InvalidShardCount(shards);
        (p.status, p.shards, p.commitment) = (Status.Registered, shards, bytes25(commitment));
        emit Registered(sessionId, msg.sender, shards, commitment);
        _take(terms.deposit);
    }

    /// @inheritdoc ITradingSessions
    function sampleData(Terms calldata terms, address account, uint32 seed) external {
        (bytes32 sessionId,) = _timely(terms, State.Pending);
        _mustCall(terms.collector);
        Provider storage p = _mustBe(sessionId, account, Status.Registered);
        if (seed == 0) seed = uint32(block.prevrandao);
        (p.status, p.seed) = (Status.Sampled, seed);
        emit DataSampled(sessionId, account, seed);
    }

    /// @inheritdoc ITradingSessions
    function submitFeatures(Terms calldata terms, bytes calldata sealedFeatures) external {
        (bytes32 sessionId,) = _timely(terms, State.Pending);
        _mustBe(sessionId, msg.sender, Status.Sampled).status = Status.Submitted;
        _checkPayload(sealedFeatures);
        emit FeaturesSubmitted(sessionId, msg.sender, sealedFeatures);
    }

    /// @inheritdoc ITradingSessions
    function setCandidate(Terms calldata terms, address account) external {
        (bytes32 sessionId, Session storage s) = _timely(terms, State.Pending);
        _mustCall(terms.collector);
        _mustBe(sessionId, account, Status.Submitted);
        uint64 reviewBy = _fromNow(terms.reviewWindow);
        (s.state, s.deadline, s.candidate) = (State.Reviewing, reviewBy, account);
        emit CandidateSet(sessionId, account, reviewBy);
    }

    /// @inheritdoc ITradingSessions
    function submitReview(
        Terms calldata terms,
        bytes32[] calldata keys,
        bytes32[] calldata salts,
        bytes32[] calldata proof,
        bytes calldata sealedKey
    ) external {
        (bytes32 sessionId, Session storage s) = _timely(terms, State.Reviewing);
        _mustCall(s.candidate);
        _checkPayload(sealedKey);
        _show(sessionId, terms.sampleShare, keys, salts, proof);
        s.deadline = _fromNow(terms.decisionWindow);
        emit ReviewSubmitted(sessionId, msg.sender, keys, salts, sealedKey, s.deadline);
    }

    /// @inheritdoc ITradingSessions
    function setOptimal(Terms calldata terms, address account) external {
        (bytes32 sessionId, Session storage s) = _timely(terms, State.Reviewing);
        _mustCall(terms.collector);
        if (account != s.candidate) revert NotAllowed(account);
        _mustBe(sessionId, account, Status.Shown);
        uint64 claimBy = _fromNow(terms.claimWindow);
        (s.state, s.deadline) = (State.Reviewed, claimBy);
        emit OptimalSet(sessionId, account, claimBy);
    }

    /// @inheritdoc ITradingSessions
    function claimReward(Terms calldata terms, bytes32 claimKey, bytes32[] calldata keys) external {
        (bytes32 sessionId, Session storage s) = _timely(terms, State.Reviewed);
        _mustCall(s.candidate);
        Provider storage p = provider[sessionId][msg.sender];
        // The whole is the sample that takes every shard.
        bytes32[] calldata none = keys[:0];
        bytes32[] memory leaves = _leaves(keys, none, claimKey, p.shards);
        _checkCommitment(sessionId, p, _sample(p, WHOLE), leaves, none);

        emit RewardClaimed(sessionId, msg.sender, claimKey, keys);
        _settle(terms, sessionId, s, Outcome.Traded);
    }

    /// @inheritdoc ITradingSessions
    function claimDeposit(Terms calldata terms) external {
        (bytes32 sessionId, Session storage s) = _session(terms);
        Status status = provider[sessionId][msg.sender].status;
        if (status == Status.None) revert WrongStatus(status);
        if (s.state != State.Closed) {
            _mustBeOver(terms.expiry);
            if (msg.sender == s.candidate) revert NotAllowed(msg.sender);
        }
        delete provider[sessionId][msg.sender];
        emit DepositClaimed(sessionId, msg.sender, terms.deposit);
        _pay(msg.sender, terms.deposit);
    }

    /// @inheritdoc ITradingSessions
    function close(Terms calldata terms) external {
        (bytes32 sessionId, Session storage s) = _session(terms);
        State state = s.state;
        if (state == State.None || state == State.Closed) revert WrongState(state);
        bool shown = provider[sessionId][s.candidate].status == Status.Shown;
        Outcome outcome = Outcome.ClaimMissing;
        if (state == State.Pending) outcome = Outcome.Abandoned;
        if (state == State.Reviewing) outcome = shown ? Outcome.WalkedAway : Outcome.ReviewMissing;
        if (outcome == Outcome.WalkedAway && msg.sender == terms.arbiter) outcome = Outcome.Condemned;
        else if (outcome > Outcome.WalkedAway || msg.sender != terms.collector) _mustBeOver(s.deadline);
        _settle(terms, sessionId, s, outcome);
    }

    /// @inheritdoc ITradingSessions
    function withdraw() external {
        uint256 amount = setAside[msg.sender];
        delete setAside[msg.sender];
        emit Withdrawn(msg.sender, amount);
        _pay(msg.sender, amount);
    }

    /// @inheritdoc ITradingSessions
    function token() external view returns (address) {
        return address(_token);
    }

    /// @dev The only way out of escrow for a reward and a candidate's deposit: ends the session for good, or only the
    /// condemned candidate's part in it, then pays.
    function _settle(Terms calldata terms, bytes32 sessionId, Session storage s, Outcome outcome) private {
        address candidate = s.candidate;
        uint256 toCollector = terms.reward;
        uint256 toCandidate = 0;
        if (outcome == Outcome.WalkedAway) toCandidate = toCollector * terms.sampleShare / WHOLE;
        if (outcome == Outcome.Traded) toCandidate = toCollector;
        toCollector -= toCandidate;
        s.state = State.Closed;
        if (outcome == Outcome.Condemned) {
            toCollector = 0;
            (s.state, s.deadline, s.candidate) = (State.Pending, uint64(terms.expiry), address(0));
        }
        if (outcome > Outcome.Traded) toCollector += terms.deposit;
        else if (outcome != Outcome.Abandoned) toCandidate += terms.deposit;
        delete provider[sessionId][candidate];
        emit Settled(sessionId, terms.collector, candidate, outcome, toCollector, toCandidate);
        _pay(terms.collector, toCollector);
        _pay(candidate, toCandidate);
    }

    /// @dev Here and in _take is every call to the token, so guarding the two guards every movement of money.
    function _pay(address to, uint256 amount) private {
        _moves(true);
        bool paid = amount == 0 || _token.trySafeTransfer(to, amount);
        _moves(false);
        if (paid) return;
        setAside[to] += amount;
        emit SetAside(to, amount);
    }

    /// @dev A token that delivers less or more than it was told would leave the escrow owing other sessions' money.
    function _take(uint256 amount) private {
        _moves(true);
        uint256 before = _held();
        bool taken = _token.trySafeTransferFrom(msg.sender, address(this), amount);
        if (!taken || _held() != before + amount) revert PaymentFailed();
        _moves(false);
    }

    function _moves(bool begins) private {
        if (begins && _moving) revert Reentered();
        _moving = begins;
    }

    function _held() private view returns (uint256) {
        return _token.balanceOf(address(this));
    }

    function _session(Terms calldata terms) private view returns (bytes32 sessionId, Session storage s) {
        // As keccak256(abi.encode(terms)): eleven words that stand in the calldata just so.
        assembly ("memory-safe") {
            let copy := mload(0x40)
            calldatacopy(copy, terms, 352)
            sessionId := keccak256(copy, 352)
        }
        s = session[sessionId];
    }

    /// @dev The session, if it is in this state and the state's step has not timed out.
    function _timely(Terms calldata terms, State state) private view returns (bytes32 sessionId, Session storage s) {
        (sessionId, s) = _session(terms);
        if (s.state != state) revert WrongState(s.state);
        if (block.timestamp > s.deadline) revert TooLate(s.deadline);
    }

    function _mustBeOver(uint256 deadline) private view {
        if (block.timestamp <= deadline) revert TooEarly(deadline);
    }

    function _mustCall(address caller) private view {
        if (msg.sender != caller) revert NotAllowed(msg.sender);
    }

    function _mustBe(bytes32 sessionId, address account, Status status) private view returns (Provider storage p) {
        p = provider[sessionId][account];
        if (p.status != status) revert WrongStatus(p.status);
    }

    function _fromNow(uint256 window) private view returns (uint64) {
        return uint64(block.timestamp + window);
    }

    function _sampleSize(uint256 shards, uint256 share) private pure returns (uint256) {
        return shards * share / WHOLE; // rounded down: never more than the share
    }

    /// @dev One shard of each stratum, so that the sample is spread over the whole and no shard is drawn twice.
    function _sample(Provider storage p, uint256 share) private view returns (uint256[] memory positions) {
        (uint256 shards, bytes32 seed) = (p.shards, bytes32(uint256(p.seed)));
        positions = new uint256[](_sampleSize(shards, share));
        uint256 from = 0;
        unchecked {
            for (uint256 i = 0; i < positions.length; ++i) {
                uint256 to = (i + 1) * shards / positions.length;
                positions[i] = from + uint256(Hashes.efficientKeccak256(seed, bytes32(i))) % (to - from);
                from = to;
            }
        }
    }

    function _show(
        bytes32 sessionId,
        uint256 sampleShare,
        bytes32[] calldata keys,
        bytes32[] calldata salts,
        bytes32[] calldata proof
    ) private {
        Provider storage p = _mustBe(sessionId, msg.sender, Status.Submitted);
        p.status = Status.Shown;
        uint256[] memory positions = _sample(p, sampleShare);
        _checkCount(salts.length, positions.length);
        bytes32[] memory leaves = _leaves(keys, salts, 0, positions.length);
        _checkCommitment(sessionId, p, positions, leaves, proof);
    }

    /// @dev The leaves of these keys, which must be strictly ascending, so that no shard stands twice; without salts,
    /// with those that come from the claim key.
    function _leaves(bytes32[] calldata keys, bytes32[] calldata salts, bytes32 claimKey, uint256 expected)
        private
        pure
        returns (bytes32[] memory leaves)
    {
        _checkCount(keys.length, expected);
        leaves = new bytes32[](expected);
        bytes32 last;
        unchecked {
            for (uint256 i = 0; i < expected; ++i) {
                bytes32 key = keys[i];
                if (key <= last) revert KeysNotAscending(i);
                bytes32 salt = salts.length != 0 ? salts[i] : Hashes.efficientKeccak256(claimKey, bytes32(i));
                leaves[i] = Hashes.efficientKeccak256(key, salt);
                last = key;
            }
        }
    }

    function _checkCommitment(
        bytes32 sessionId,
        Provider storage p,
        uint256[] memory positions,
        bytes32[] memory leaves,
        bytes32[] calldata proof
    ) private view {
        bytes32 root = _root(p.shards, positions, leaves, proof);
        if (bytes25(keccak256(abi.encode(root, sessionId, msg.sender))) != p.commitment) {
            revert CommitmentMismatch();
        }
    }

    /// @dev The root over `width` leaves, of which those at the ascending `positions` are given; `proof` has the others'
    /// subtrees. Leaves and inner nodes are hashed alike: `width` fixes at which depth each leaf stands. Both arrays
    /// are overwritten.
    function _root(uint256 width, uint256[] memory positions, bytes32[] memory nodes, bytes32[] calldata proof)
        private
        pure
        returns (bytes32)
    {
        uint256 missing;
        assembly ("memory-safe") {
            // Offsets in bytes; `next` may run past the proof's end, which is noticed after the loops.
            let known := shl(5, mload(nodes))
            let places := add(positions, 32)
            let hashes := add(nodes, 32)
            let next := proof.offset
            for {} gt(width, 1) { width := shr(1, add(width, 1)) } {
                let parents := 0
                for { let i := 0 } lt(i, known) { i := add(i, 32) } {
                    let place := mload(add(places, i))
                    let node := mload(add(hashes, i))
                    let isRight := and(place, 1)
                    mstore(shl(5, isRight), node)
                    let j := add(i, 32)
                    switch and(gt(lt(j, known), isRight), eq(mload(add(places, j)), add(place, 1)))
                    case 1 {
                        mstore(32, mload(add(hashes, j)))
                        node := keccak256(0, 64)
                        i := j
                    }
                    default {
                        if or(isRight, lt(add(place, 1), width)) {
                            mstore(shl(5, iszero(isRight)), calldataload(next))
                            next := add(next, 32)
                            node := keccak256(0, 64)
                        }
                    }
                    mstore(add(places, parents), shr(1, place))
                    mstore(add(hashes, parents), node)
                    parents := add(parents, 32)
                }
                known := parents
            }
            missing := sub(add(proof.offset, shl(5, proof.length)), next)
        }
        if (missing != 0) revert InvalidProof();
        return nodes[0];
    }

    function _checkCount(uint256 keys, uint256 expected) private pure {
        if (keys != expected) revert WrongKeyCount(keys, expected);
    }

    function _checkPayload(bytes calldata payload) private pure {
        if (payload.length == 0 || payload.length > MAX_PAYLOAD) revert InvalidPayload(payload.length);
    }

    function _checkTerms(Terms calldata terms) private view {
        // A power of two bounds all three exactly when it bounds their bitwise or, and then the product cannot overflow.
        uint256 windows = terms.reviewWindow | terms.decisionWindow | terms.claimWindow;
        bool valid = terms.reward != 0 && terms.deposit != 0 && terms.sampleShare != 0 && terms.sampleShare <= WHOLE
            && terms.expiry > block.timestamp && terms.expiry - block.timestamp < MAX_WINDOW && windows < MAX_WINDOW
            && terms.reviewWindow * terms.decisionWindow * terms.claimWindow != 0;
        if (!valid) revert InvalidTerms();
    }
}
