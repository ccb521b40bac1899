// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {Escrow} from "./Escrow.sol";
import {IPrivacyOracle} from "./IPrivacyOracle.sol";
import {PublicKey} from "./PublicKey.sol";
import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import {SafeERC20} from "@openzeppelin/contracts/token/ERC20/utils/SafeERC20.sol";
import {ECDSA} from "@openzeppelin/contracts/utils/cryptography/ECDSA.sol";
import {EIP712} from "@openzeppelin/contracts/utils/cryptography/EIP712.sol";

/// @title Privacy oracle; see IPrivacyOracle
/// @notice Nobody owns or administers it. Stakes leave by withdrawStake, everything else is set aside for its receiver.
contract PrivacyOracle is IPrivacyOracle, Escrow, EIP712 {
    using SafeERC20 for IERC20;

    /// @notice So many nodes can be drawn at a time. One that cannot be drawn takes no place.
    uint256 public constant MAX_NODES = 128;
    uint256 public constant MIN_COMMITTEE = 3;
    uint256 public constant MAX_COMMITTEE = 15;

    /// @dev Bounds every step, in seconds (97 days), and so how long money can be locked.
    uint256 private constant MAX_WINDOW = 2 ** 23;
    bytes32 private constant VOTE_TYPEHASH =
        keccak256("Vote(bytes32 requestId,uint256 attempt,bytes32 proposalHash,bool accept,bytes32 evidence)");

    struct Node {
        uint128 stake;
        uint32 number; // position in _nodes; 0 is none
        uint32 seats; // each reserves a penalty
        uint8 place; // 1 + position in _pool; 0 is none
        bool active;
    }

    struct Request {
        address requester;
        uint96 fee;
        State state;
        uint8 committee;
        uint8 threshold;
        uint8 submitted;
        uint8 attempt;
        uint8 accepts;
        uint8 rejects;
        bool released;
        uint64 deadline;
        uint40 endsAt;
        uint24 solveSeconds;
        uint24 voteSeconds;
        uint32 validity;
        Proposal proposal; // the last one; its digest is settled
        uint32[MAX_COMMITTEE] seats; // numbers of nodes: first the submitters, in their order
    }

    /// @inheritdoc IPrivacyOracle
    uint128 public immutable penalty;
    /// @inheritdoc IPrivacyOracle
    uint32 public immutable challengeWindow;

    mapping(address account => Node) private _node;
    address[] private _nodes;
    /// @dev Numbers of exactly the nodes that can be drawn, in no order; but when it is full, some can be missing.
    uint32[] private _pool;
    uint256 private _requestCount;
    mapping(bytes32 requestId => Request) private _requests;
    mapping(bytes32 requestId => mapping(address node => Member)) private _members;

    /// @param currency_ the ERC-20 in which everything is paid
    /// @param penalty_ what an offence costs, at least 1
    /// @param challengeWindow_ seconds, at least 1 and below 2^23
    constructor(IERC20 currency_, uint128 penalty_, uint32 challengeWindow_)
        Escrow(currency_)
        EIP712("PrivacyOracle", "1")
    {
        if (penalty_ == 0 || challengeWindow_ == 0 || challengeWindow_ >= MAX_WINDOW) {
            revert InvalidParameters();
        }
        (penalty, challengeWindow) = (penalty_, challengeWindow_);
        _nodes.push();
    }

    /// @inheritdoc IPrivacyOracle
    function register(bytes calldata publicKey, uint128 stake) external nonReentrant {
        if (!PublicKey.isValid(publicKey)) revert InvalidPublicKey();
        Node storage node = _node[msg.sender];
        if (node.number == 0) {
            node.number = uint32(_nodes.length);
            _nodes.push(msg.sender);
        }
        emit NodeRegistered(msg.sender, publicKey);
        (node.active, node.stake) = (true, node.stake + stake);
        if (node.stake < penalty) revert StakeTooLow(node.stake, penalty);
        _enter(node);
        if (stake != 0) {
            emit StakeAdded(msg.sender, stake);
            _take(stake);
        }
    }

    /// @inheritdoc IPrivacyOracle
    function addStake(uint128 amount) external nonReentrant {
        Node storage node = _registered();
        node.stake += amount;
        _place(node);
        emit StakeAdded(msg.sender, amount);
        _take(amount);
    }

    /// @inheritdoc IPrivacyOracle
    function withdrawStake(uint128 amount, address to) external nonReentrant {
        if (to == address(0) || to == address(this)) revert InvalidReceiver(to);
        Node storage node = _registered();
        uint256 free = _free(node);
        if (free < amount) revert StakeTooLow(free, amount);
        node.stake -= amount;
        _place(node);
        emit StakeWithdrawn(msg.sender, to, amount);
        _currency.safeTransfer(to, amount);
    }

    /// @inheritdoc IPrivacyOracle
    function retire() external {
        Node storage node = _registered();
        node.active = false;
        _place(node);
        emit NodeRetired(msg.sender);
    }

    /// @inheritdoc IPrivacyOracle
    function resume() external {
        Node storage node = _registered();
        node.active = true;
        _enter(node);
        emit NodeReturned(msg.sender);
    }

    /// @inheritdoc IPrivacyOracle
    function request(Terms calldata terms) external nonReentrant returns (bytes32 requestId) {
        _checkTerms(terms);
        bytes32 seed = keccak256(
            abi.encode(
                block.chainid,
                address(this),
                ++_requestCount,
                block.prevrandao,
                blockhash(block.number - 1),
                msg.sender,
                terms
            )
        );
        (uint32[] memory numbers, address[] memory committee) = _draw(seed, terms.committee);
        requestId = keccak256(abi.encode(seed, committee));

        Request storage r = _requests[requestId];
        (r.requester, r.fee, r.state) = (msg.sender, terms.fee, State.Gathering);
        (r.committee, r.threshold, r.validity) = (terms.committee, terms.threshold, terms.validity);
        (r.solveSeconds, r.voteSeconds) = (uint24(terms.solveSeconds), uint24(terms.voteSeconds));
        r.deadline = _fromNow(terms.gatherSeconds);
        uint256 attempts = uint256(terms.committee) * (uint256(terms.solveSeconds) + terms.voteSeconds);
        r.endsAt = uint40(r.deadline + attempts);
        for (uint256 i = 0; i < numbers.length; ++i) {
            r.seats[i] = numbers[i];
        }
        emit Requested(requestId, msg.sender, terms, committee, r.deadline, r.endsAt);
        _take(terms.fee);
    }

    /// @inheritdoc IPrivacyOracle
    function submitProfiles(bytes32 requestId, bytes32 mark) external {
        Request storage r = _in(requestId, State.Gathering);
        Member storage member = _members[requestId][msg.sender];
        if (member.mark != 0) revert AlreadySubmitted(msg.sender);
        if (bytes24(mark) == 0) revert InvalidMark();
        uint256 seat = _seatOf(r, msg.sender);
        uint256 order = r.submitted++;
        (r.seats[order], r.seats[seat]) = (r.seats[seat], r.seats[order]);
        member.mark = bytes24(mark);
        emit ProfilesSubmitted(requestId, msg.sender, order, mark);
        if (r.submitted == r.committee) _start(requestId, r, 0, block.timestamp);
    }

    /// @inheritdoc IPrivacyOracle
    function propose(bytes32 requestId, Proposal calldata proposal) external {
        _endGathering(requestId);
        Request storage r = _in(requestId, State.Solving);
        Member storage member = _members[requestId][msg.sender];
        if (msg.sender != _solver(r) || member.penalised) revert NotAllowed(msg.sender);
        _checkProposal(r, proposal);
        if (r.proposal.profileDigest == 0) _settleProfiles(requestId, r, proposal.profileDigest);
        r.proposal = proposal;
        (r.state, r.deadline, r.accepts, r.rejects) = (State.Voting, _fromNow(r.voteSeconds), 1, 0);
        (member.ballot, member.accepted) = (r.attempt + 1, true);
        emit Proposed(requestId, r.attempt, msg.sender, proposal, _proposalHash(requestId, r), r.deadline);
    }

    /// @inheritdoc IPrivacyOracle
    function vote(bytes32 requestId, Vote[] calldata votes, bytes[] calldata signatures) external {
        Request storage r = _in(requestId, State.Voting);
        if (votes.length != signatures.length) revert InvalidVote(votes.length);
        (uint8 attempt, bytes32 proposalHash) = (r.attempt, _proposalHash(requestId, r));
        for (uint256 i = 0; i < votes.length; ++i) {
            Vote calldata v = votes[i];
            bool valid = v.requestId == requestId && v.attempt == attempt && v.proposalHash == proposalHash;
            if (!valid || v.accept == (v.evidence != 0)) revert InvalidVote(i);
            address node = _signer(v, signatures[i]);
            Member storage member = _members[requestId][node];
            if (member.mark == 0 || member.penalised) revert NotAllowed(node);
            if (member.ballot == attempt + 1) revert AlreadyVoted(node);
            (member.ballot, member.accepted) = (attempt + 1, v.accept);
            if (v.accept) ++r.accepts;
            else ++r.rejects;
            emit Voted(requestId, node, attempt, proposalHash, v.accept, v.evidence);
        }
        if (r.accepts >= r.threshold) _accept(requestId, r);
        else if (r.rejects >= r.threshold) _reject(requestId, r);
    }

    /// @inheritdoc IPrivacyOracle
    function handOver(bytes32 requestId) external {
        _endGathering(requestId);
        Request storage r = _requests[requestId];
        if (r.state == State.None || r.state > State.Voting) revert WrongState(requestId, r.state);
        if (block.timestamp <= r.deadline) revert TooEarly(requestId, r.deadline);
        if (r.state == State.Gathering) {
            _expire(requestId, r, ExpiryReason.TooFewProfiles);
        } else {
            emit HandedOver(requestId, _solver(r), r.attempt);
            _next(requestId, r);
        }
    }

    /// @inheritdoc IPrivacyOracle
    function reportEquivocation(
        Vote calldata first,
        bytes calldata firstSignature,
        Vote calldata second,
        bytes calldata secondSignature
    ) external {
        bytes32 requestId = first.requestId;
        Request storage r = _requests[requestId];
        bool same = first.requestId == second.requestId && first.attempt == second.attempt
            && first.proposalHash == second.proposalHash;
        address node = _signer(first, firstSignature);
        if (!same || first.accept == second.accept || node != _signer(second, secondSignature)) {
            revert InvalidEquivocation();
        }
        Member storage member = _members[requestId][node];
        if (member.mark == 0) revert NotAllowed(node);
        if (member.penalised) revert AlreadyPenalised(node);
        if (r.state > State.Voting && block.timestamp > r.deadline) revert TooLate(requestId, r.deadline);
        emit Equivocated(requestId, node, first, firstSignature, second, secondSignature);
        _penalise(requestId, r, node, Offence.Equivocation);
    }

    /// @inheritdoc IPrivacyOracle
    function release(bytes32 requestId) external {
        Request storage r = _requests[requestId];
        if (r.state <= State.Voting || r.released) revert WrongState(requestId, r.state);
        if (block.timestamp <= r.deadline) revert TooEarly(requestId, r.deadline);
        r.released = true;
        emit Released(requestId);
        for (uint256 i = 0; i < r.committee; ++i) {
            address account = _nodes[r.seats[i]];
            if (_members[requestId][account].penalised) continue;
            Node storage node = _node[account];
            --node.seats;
            _place(node);
        }
    }

    /// @inheritdoc IPrivacyOracle
    function requestOf(bytes32 requestId) external view returns (Status memory s) {
        Request storage r = _requests[requestId];
        (s.state, s.requester, s.fee) = (r.state, r.requester, r.fee);
        (s.committee, s.threshold, s.submitted) = (r.committee, r.threshold, r.submitted);
        (s.attempt, s.accepts, s.rejects) = (r.attempt, r.accepts, r.rejects);
        (s.deadline, s.endsAt, s.released) = (r.deadline, r.endsAt, r.released);
        s.profileDigest = r.proposal.profileDigest;
        if (_hasGathered(r)) (s.state, s.deadline) = (State.Solving, r.deadline + r.solveSeconds);
        if (s.state > State.Gathering && r.submitted >= r.threshold) s.solver = _solver(r);
        if (s.state == State.Voting || s.state == State.Finalised || s.state == State.Refused) {
            s.proposalHash = _proposalHash(requestId, r);
        }
    }

    /// @inheritdoc IPrivacyOracle
    function committeeOf(bytes32 requestId) external view returns (address[] memory committee) {
        Request storage r = _requests[requestId];
        committee = new address[](r.committee);
        for (uint256 i = 0; i < committee.length; ++i) {
            committee[i] = _nodes[r.seats[i]];
        }
    }

    /// @inheritdoc IPrivacyOracle
    function memberOf(bytes32 requestId, address node) external view returns (Member memory) {
        return _members[requestId][node];
    }

    /// @inheritdoc IPrivacyOracle
    function modelOf(bytes32 requestId)
        external
        view
        returns (bytes32 result, bytes32 content, uint64 expiresAt, bool valid)
    {
        Request storage r = _requests[requestId];
        if (r.state != State.Finalised) return (0, 0, 0, false);
        Proposal storage p = r.proposal;
        return (p.result, p.content, p.expiresAt, block.timestamp <= p.expiresAt);
    }

    /// @inheritdoc IPrivacyOracle
    function nodeOf(address account)
        external
        view
        returns (uint256 stake, uint256 reserved, bool active, bool drawable)
    {
        Node storage node = _node[account];
        return (node.stake, _reserved(node), node.active, node.place != 0);
    }

    /// @inheritdoc IPrivacyOracle
    function drawableNodes() external view returns (address[] memory accounts) {
        accounts = new address[](_pool.length);
        for (uint256 i = 0; i < accounts.length; ++i) {
            accounts[i] = _nodes[_pool[i]];
        }
    }

    /// @inheritdoc IPrivacyOracle
    function currency() external view returns (address) {
        return address(_currency);
    }

    /// @dev Partial Fisher-Yates. 2^256 modulo a hundred is no bias worth a rejection.
    function _draw(bytes32 seed, uint256 size) private returns (uint32[] memory numbers, address[] memory committee) {
        uint32[] memory pool = _pool;
        if (pool.length < size) revert NotEnoughNodes(pool.length);
        (numbers, committee) = (new uint32[](size), new address[](size));
        for (uint256 i = 0; i < size; ++i) {
            uint256 j = i + uint256(keccak256(abi.encode(seed, i))) % (pool.length - i);
            (numbers[i], pool[j]) = (pool[j], pool[i]);
            committee[i] = _nodes[numbers[i]];
            Node storage node = _node[committee[i]];
            ++node.seats;
            _place(node);
        }
    }

    /// @dev The deadline of round 1 ends it when there are enough marks, whether somebody calls then or later.
    function _endGathering(bytes32 requestId) private {
        Request storage r = _requests[requestId];
        if (_hasGathered(r)) _start(requestId, r, 0, r.deadline);
    }

    function _start(bytes32 requestId, Request storage r, uint256 attempt, uint256 from) private {
        (r.state, r.attempt, r.deadline) = (State.Solving, uint8(attempt), uint64(from + r.solveSeconds));
        emit AttemptStarted(requestId, attempt, _solver(r), r.deadline);
    }

    function _next(bytes32 requestId, Request storage r) private {
        if (block.timestamp <= r.endsAt) {
            for (uint256 k = uint256(r.attempt) + 1; k < r.submitted; ++k) {
                if (_members[requestId][_nodes[r.seats[k]]].penalised) continue;
                return _start(requestId, r, k, block.timestamp);
            }
        }
        _expire(requestId, r, ExpiryReason.NoModel);
    }

    function _settleProfiles(bytes32 requestId, Request storage r, bytes32 digest) private {
        uint256 marks = 0;
        address[] memory outvoted = new address[](r.submitted);
        for (uint256 k = 0; k < r.submitted; ++k) {
            address node = _nodes[r.seats[k]];
            if (_members[requestId][node].mark != bytes24(keccak256(abi.encode(requestId, node, digest)))) {
                if (node == msg.sender) revert NotAllowed(node);
                outvoted[k] = node;
            } else {
                ++marks;
            }
        }
        if (marks < r.threshold) revert TooFewMarks(marks, r.threshold);
        emit ProfilesSettled(requestId, digest, marks);
        for (uint256 k = 0; k < outvoted.length; ++k) {
            // One that equivocated has paid already, for votes on nothing.
            if (outvoted[k] == address(0) || _members[requestId][outvoted[k]].penalised) continue;
            _penalise(requestId, r, outvoted[k], Offence.OutvotedProfiles);
        }
    }

    function _accept(bytes32 requestId, Request storage r) private {
        (Proposal memory p, address solver) = (r.proposal, _solver(r));
        _penaliseVoters(requestId, r, false);
        if (p.outcome == Outcome.Model) {
            _end(requestId, r, State.Finalised);
            emit ModelFinalised(requestId, solver, p.result, p.content, p.expiresAt);
            _payFee(requestId, r, solver);
        } else {
            _end(requestId, r, State.Refused);
            emit RequestRefused(requestId, solver, p.result);
            _setAside(r.requester, r.fee);
        }
    }

    function _reject(bytes32 requestId, Request storage r) private {
        emit ProposalRejected(requestId, _solver(r), r.attempt);
        _penaliseVoters(requestId, r, true);
        _next(requestId, r);
    }

    function _expire(bytes32 requestId, Request storage r, ExpiryReason reason) private {
        _end(requestId, r, State.Expired);
        emit RequestExpired(requestId, reason);
        _setAside(r.requester, r.fee);
    }

    /// @dev The only way to an end, and with it to the fee. Silent nodes leave the pool, so that dead ones cannot fill it.
    function _end(bytes32 requestId, Request storage r, State state) private {
        (r.state, r.deadline) = (state, _fromNow(challengeWindow));
        for (uint256 i = r.submitted; i < r.committee; ++i) {
            address account = _nodes[r.seats[i]];
            Node storage node = _node[account];
            node.active = false;
            _place(node);
            emit NodeSilent(requestId, account);
        }
    }

    /// @dev The threshold is at least 2, so there is somebody beside the solver who accepted.
    function _payFee(bytes32 requestId, Request storage r, address solver) private {
        uint256 part = r.fee / 2 / (r.accepts - 1);
        for (uint256 k = 0; k < r.submitted; ++k) {
            address node = _nodes[r.seats[k]];
            if (node != solver && _voted(requestId, r, node, true)) _payFee(requestId, node, part);
        }
        _payFee(requestId, solver, r.fee - part * (r.accepts - 1));
    }

    function _payFee(bytes32 requestId, address node, uint256 amount) private {
        emit FeePaid(requestId, node, amount);
        _setAside(node, amount);
    }

    function _penaliseVoters(bytes32 requestId, Request storage r, bool accepted) private {
        address solver = _solver(r);
        for (uint256 k = 0; k < r.submitted; ++k) {
            address node = _nodes[r.seats[k]];
            if (!_voted(requestId, r, node, accepted) || _members[requestId][node].penalised) continue;
            _penalise(requestId, r, node, node == solver ? Offence.RejectedProposal : Offence.OutvotedVote);
        }
    }

    /// @dev A seat ends with the penalty that it reserved, so the free stake stays as it is.
    function _penalise(bytes32 requestId, Request storage r, address account, Offence offence) private {
        _members[requestId][account].penalised = true;
        Node storage node = _node[account];
        (node.stake, node.seats) = (node.stake - penalty, node.seats - 1);
        emit Penalised(requestId, account, offence, penalty);
        _setAside(r.requester, penalty);
    }

    /// @dev Keeps the pool as what it is, after anything on which it depends has changed.
    function _place(Node storage node) private {
        bool drawable = node.active && _free(node) >= penalty;
        uint256 place = node.place;
        if (drawable && place == 0 && _pool.length < MAX_NODES) {
            _pool.push(node.number);
            node.place = uint8(_pool.length);
        } else if (!drawable && place != 0) {
            uint32 last = _pool[_pool.length - 1];
            _pool[place - 1] = last;
            _node[_nodes[last]].place = uint8(place);
            _pool.pop();
            node.place = 0;
        }
    }

    /// @dev Who asks for a place learns that there is none.
    function _enter(Node storage node) private {
        _place(node);
        if (node.place == 0 && _free(node) >= penalty) revert RegistryFull();
    }

    function _registered() private view returns (Node storage node) {
        node = _node[msg.sender];
        if (node.number == 0) revert NotRegistered(msg.sender);
    }

    function _reserved(Node storage node) private view returns (uint256) {
        return uint256(node.seats) * penalty;
    }

    function _free(Node storage node) private view returns (uint256) {
        return node.stake - _reserved(node);
    }

    /// @dev The request, if it is in this state and the state's step has not timed out.
    function _in(bytes32 requestId, State state) private view returns (Request storage r) {
        r = _requests[requestId];
        if (r.state != state) revert WrongState(requestId, r.state);
        if (block.timestamp > r.deadline) revert TooLate(requestId, r.deadline);
    }

    function _hasGathered(Request storage r) private view returns (bool) {
        return r.state == State.Gathering && block.timestamp > r.deadline && r.submitted >= r.threshold;
    }

    function _seatOf(Request storage r, address account) private view returns (uint256 seat) {
        uint32 number = _node[account].number;
        if (number == 0) revert NotAllowed(account);
        while (seat < MAX_COMMITTEE && r.seats[seat] != number) ++seat;
        if (seat == MAX_COMMITTEE) revert NotAllowed(account);
    }

    function _solver(Request storage r) private view returns (address) {
        return _nodes[r.seats[r.attempt]];
    }

    function _voted(bytes32 requestId, Request storage r, address node, bool accepted) private view returns (bool) {
        Member storage member = _members[requestId][node];
        return member.ballot == r.attempt + 1 && member.accepted == accepted;
    }

    function _proposalHash(bytes32 requestId, Request storage r) private view returns (bytes32) {
        return keccak256(abi.encode(requestId, uint256(r.attempt), _solver(r), r.proposal));
    }

    function _signer(Vote calldata v, bytes calldata signature) private view returns (address) {
        bytes32 hash =
            keccak256(abi.encode(VOTE_TYPEHASH, v.requestId, v.attempt, v.proposalHash, v.accept, v.evidence));
        return ECDSA.recover(_hashTypedDataV4(hash), signature);
    }

    function _fromNow(uint256 window) private view returns (uint64) {
        return uint64(block.timestamp + window);
    }

    function _checkProposal(Request storage r, Proposal calldata p) private view {
        bytes32 settled = r.proposal.profileDigest;
        bool valid = p.result != 0 && p.profileDigest != 0 && (settled == 0 || settled == p.profileDigest);
        if (p.outcome == Outcome.Model) {
            uint256 votedBy = _fromNow(r.voteSeconds);
            valid = valid && p.content != 0 && p.expiresAt > votedBy
                && p.expiresAt <= votedBy + r.solveSeconds + r.validity;
        } else {
            valid = valid && p.content == 0 && p.expiresAt == 0;
        }
        if (!valid) revert InvalidProposal();
    }

    function _checkTerms(Terms calldata t) private pure {
        bool valid = t.document != 0 && t.fee != 0 && t.committee >= MIN_COMMITTEE && t.committee <= MAX_COMMITTEE
            && 2 * uint256(t.threshold) > t.committee && t.threshold <= t.committee && t.validity != 0
            && t.gatherSeconds != 0 && t.solveSeconds != 0 && t.voteSeconds != 0
            // A power of two bounds all three exactly when it bounds their bitwise or.
            && (t.gatherSeconds | t.solveSeconds | t.voteSeconds) < MAX_WINDOW;
        if (!valid) revert InvalidTerms();
        if (!PublicKey.isValid(t.groupKey)) revert InvalidPublicKey();
    }
}
