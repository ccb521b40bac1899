// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {IConduct} from "./IConduct.sol";
import {Membership} from "./Membership.sol";
import {OrderedTree} from "./OrderedTree.sol";
import {Math} from "@openzeppelin/contracts/utils/math/Math.sol";

/// @title The epochs' bills, who posts them, and who disputes that
abstract contract Bookkeeping is Membership {
    uint256 private constant PAY_DIVISOR = 16;
    uint256 private constant ONE = 2 ** 32;

    struct Post {
        uint64 collectUntil; // 0 before the opening
        uint64 postUntil;
        uint32 demands;
        uint32 number; // of the posts so far: what was demanded of one is not demanded of the next, be it the same
        bool settled;
        address bookkeeper;
        uint256 rank;
        bytes32 seed;
        bytes32 standings;
        Batch batch;
    }

    struct Demand {
        address by;
        uint64 answerBy;
    }

    uint64 private immutable _start = uint64(block.timestamp);

    mapping(uint64 epoch => Post) private _posts;
    mapping(uint64 epoch => mapping(address account => bool)) private _excluded;
    mapping(bytes32 bill => bool) private _lodged;
    mapping(bytes32 post => mapping(uint256 index => Demand)) private _demands;
    mapping(bytes32 post => mapping(address by => uint256)) private _openDemands;

    /// @inheritdoc IConduct
    function open(uint64 epoch) external {
        Post storage p = _posts[epoch];
        if (p.collectUntil != 0) revert WrongState(epoch, _stateOf(p));
        uint256 end = _start + (uint256(epoch) + 1) * _rules.epoch;
        if (block.timestamp < end) revert TooEarly(uint64(end));
        if (standings == 0) revert InvalidAttestation();
        p.collectUntil = _fromNow(_rules.collecting);
        p.postUntil = p.collectUntil + _rules.posting;
        p.seed = keccak256(abi.encode(block.prevrandao, address(this), epoch));
        p.standings = standings;
        emit EpochOpened(epoch, p.seed, p.standings, p.collectUntil, p.postUntil);
    }

    /// @inheritdoc IConduct
    function lodge(Bill calldata bill, bytes calldata signature) external {
        bytes32 digest = _digest(bill);
        uint64 epoch = epochAt(bill.time);
        if (bill.time > block.timestamp || !_isBill(epoch, bill, digest, signature)) revert InvalidStatement();
        Post storage p = _posts[epoch];
        if (_stateOf(p) > EpochState.Collecting) revert WrongState(epoch, _stateOf(p));
        if (_lodged[digest]) revert AlreadyLodged(digest);
        _lodged[digest] = true;
        emit BillLodged(epoch, digest, bill, signature);
    }

    /// @inheritdoc IConduct
    function post(uint64 epoch, Batch calldata batch, Standing calldata standing, Proof calldata proof) external {
        Post storage p = _posts[epoch];
        if (_stateOf(p) != EpochState.Posting) revert WrongState(epoch, _stateOf(p));
        if (batch.root == 0 || batch.bills == 0 || batch.content == 0) revert InvalidBatch();
        Account storage account = _accounts[msg.sender];
        if (!account.active || standing.member != msg.sender) revert NotMember(msg.sender);
        if (account.bond < _rules.fine) revert BondTooLow(account.bond, _rules.fine);
        if (!_stands(p.standings, standing, proof)) revert InvalidProof();
        (bool electable, uint256 rank) = scoreOf(epoch, standing);
        bool first = p.bookkeeper == address(0);
        bool higher = rank > p.rank || (rank == p.rank && msg.sender <= p.bookkeeper);
        if (!electable || _excluded[epoch][msg.sender] || !isAllowed(msg.sender) || !(first || higher)) {
            revert NotElected(msg.sender);
        }
        if (block.timestamp > p.postUntil) p.postUntil = _fromNow(_rules.posting);
        (p.bookkeeper, p.rank, p.batch, p.demands, p.number) = (msg.sender, rank, batch, 0, p.number + 1);
        emit BatchPosted(epoch, msg.sender, batch, rank);
    }

    /// @inheritdoc IConduct
    function refuteOmission(
        Bill calldata bill,
        bytes calldata signature,
        bytes calldata receipt,
        BillLeaf calldata before,
        bytes32[] calldata beforeSiblings,
        BillLeaf calldata next,
        Proof calldata nextProof
    ) external {
        (uint64 epoch, Post storage p, bytes32 digest) = _owed(bill, signature, receipt);
        uint256 index = nextProof.index;
        bool lacking = (index == 0 || (before.bill < digest && _contains(p, before, index - 1, beforeSiblings)))
            && (index == p.batch.bills || (digest < next.bill && _contains(p, next, index, nextProof.siblings)));
        if (!lacking) revert InvalidProof();
        _refute(epoch, p);
    }

    /// @inheritdoc IConduct
    function refuteBill(uint64 epoch, Bill calldata bill, bytes calldata signature, Proof calldata proof) external {
        Post storage p = _refutable(epoch);
        bytes32 digest = _digest(bill);
        if (!_contains(p, BillLeaf(digest, keccak256(signature)), proof.index, proof.siblings)) revert InvalidProof();
        if (_isBill(epoch, bill, digest, signature)) revert InvalidStatement();
        _refute(epoch, p);
    }

    /// @inheritdoc IConduct
    function refuteOrder(
        uint64 epoch,
        BillLeaf calldata left,
        bytes32[] calldata leftSiblings,
        BillLeaf calldata right,
        Proof calldata rightProof
    ) external {
        Post storage p = _refutable(epoch);
        uint256 index = rightProof.index;
        if (
            index == 0 || left.bill < right.bill || !_contains(p, left, index - 1, leftSiblings)
                || !_contains(p, right, index, rightProof.siblings)
        ) revert InvalidProof();
        _refute(epoch, p);
    }

    /// @inheritdoc IConduct
    function demand(uint64 epoch, uint256 index) external {
        Post storage p = _refutable(epoch);
        if (index >= p.batch.bills) revert InvalidProof();
        _demand(epoch, p, index);
    }

    /// @inheritdoc IConduct
    function demandBill(Bill calldata bill, bytes calldata signature, bytes calldata receipt) external {
        (uint64 epoch, Post storage p, bytes32 digest) = _owed(bill, signature, receipt);
        _demand(epoch, p, uint256(digest));
    }

    /// @inheritdoc IConduct
    function show(uint64 epoch, Bill calldata bill, bytes calldata signature, Proof calldata proof) external {
        Post storage p = _posts[epoch];
        bytes32 digest = _digest(bill);
        Demand storage d = _demands[_keyOf(epoch, p)][uint256(digest)];
        if (!_isOpen(d)) d = _openDemand(epoch, p, proof.index);
        BillLeaf memory leaf = BillLeaf(digest, keccak256(signature));
        if (!_isBill(epoch, bill, digest, signature) || !_contains(p, leaf, proof.index, proof.siblings)) {
            revert InvalidProof();
        }
        address by = d.by;
        d.answerBy = type(uint64).max; // shown for good
        --p.demands;
        --_openDemands[_keyOf(epoch, p)][by];
        emit BillShown(epoch, proof.index, bill, signature);
        _fine(by, p.bookkeeper);
    }

    /// @inheritdoc IConduct
    function refuteSilence(uint64 epoch, uint256 index) external {
        Post storage p = _posts[epoch];
        Demand storage d = _openDemand(epoch, p, index);
        if (block.timestamp <= d.answerBy) revert TooEarly(d.answerBy);
        _refute(epoch, p);
    }

    /// @inheritdoc IConduct
    function settle(uint64 epoch) external {
        Post storage p = _posts[epoch];
        if (_stateOf(p) != EpochState.Disputing) revert WrongState(epoch, _stateOf(p));
        if (block.timestamp <= _disputeUntil(p)) revert TooEarly(_disputeUntil(p));
        if (p.demands != 0) revert InvalidBatch();
        p.settled = true;
        uint256 pay = Math.ceilDiv(pot, PAY_DIVISOR);
        pot -= pay;
        emit EpochSettled(epoch, p.bookkeeper, p.batch.root, pay);
        if (pay != 0) _setAside(p.bookkeeper, pay);
    }

    /// @inheritdoc IConduct
    function epochOf(uint64 epoch) external view returns (Epoch memory e) {
        Post storage p = _posts[epoch];
        (e.state, e.seed, e.standings) = (_stateOf(p), p.seed, p.standings);
        (e.bookkeeper, e.batch, e.demands) = (p.bookkeeper, p.batch, p.demands);
        if (e.state == EpochState.Running) e.deadline = uint64(_start + (uint256(epoch) + 1) * _rules.epoch - 1);
        else if (e.state == EpochState.Collecting) e.deadline = p.collectUntil;
        else if (e.state == EpochState.Posting) e.deadline = p.postUntil;
        else if (e.state == EpochState.Disputing) e.deadline = _disputeUntil(p);
    }

    /// @inheritdoc IConduct
    function epochAt(uint64 time) public view returns (uint64) {
        if (time < _start) revert TooOld(time);
        return (time - _start) / _rules.epoch;
    }

    /// @inheritdoc IConduct
    function isBilled(uint64 epoch, BillLeaf calldata leaf, Proof calldata proof) external view returns (bool) {
        Post storage p = _posts[epoch];
        return p.settled && _contains(p, leaf, proof.index, proof.siblings);
    }

    /// @inheritdoc IConduct
    function scoreOf(uint64 epoch, Standing calldata standing) public view returns (bool electable, uint256 rank) {
        Post storage p = _posts[epoch];
        uint256 t = uint32(bytes4(sha256(abi.encodePacked(p.seed, standing.member))));
        uint256 product = t * (ONE - t);
        uint256 spread = 16 * product * ONE / (5 * ONE * ONE - 4 * product);
        return (standing.reputation >= _attested[p.standings].least, (standing.zones * (ONE + spread)) << 64 | spread);
    }

    /// @dev Whether the standing is the one that this attested root gives.
    function _stands(bytes32 root, Standing calldata standing, Proof calldata proof) internal view returns (bool) {
        bytes32 data = keccak256(abi.encode(standing));
        return OrderedTree.holds(root, _attested[root].members, data, proof.index, proof.siblings);
    }

    function _refutable(uint64 epoch) private view returns (Post storage p) {
        p = _posts[epoch];
        if (p.bookkeeper == address(0) || p.settled || block.timestamp > _disputeUntil(p)) {
            revert WrongState(epoch, _stateOf(p));
        }
    }

    /// @dev A bill that the batch that stands has to contain.
    function _owed(Bill calldata bill, bytes calldata signature, bytes calldata receipt)
        private
        view
        returns (uint64 epoch, Post storage p, bytes32 digest)
    {
        epoch = epochAt(bill.time);
        p = _refutable(epoch);
        digest = _digest(bill);
        bool owed = _lodged[digest] || _isReceipt(epoch, digest, p.bookkeeper, receipt);
        if (!owed || !_isBill(epoch, bill, digest, signature)) revert InvalidStatement();
    }

    /// @dev Of a place in the batch or, being no place in any, of a bill.
    function _demand(uint64 epoch, Post storage p, uint256 index) private {
        Account storage account = _accounts[msg.sender];
        if (!account.active) revert NotMember(msg.sender);
        Demand storage d = _demands[_keyOf(epoch, p)][index];
        if (d.by != address(0)) revert InvalidProof();
        uint256 fines = ++_openDemands[_keyOf(epoch, p)][msg.sender] * _rules.fine;
        if (account.bond < fines) revert BondTooLow(account.bond, fines);
        (d.by, d.answerBy) = (msg.sender, _fromNow(_rules.answering));
        ++p.demands;
        emit BillDemanded(epoch, index, msg.sender, d.answerBy);
    }

    /// @dev The batch is void, its author convicted and out, and the posting begins again.
    function _refute(uint64 epoch, Post storage p) private {
        (address bookkeeper, bytes32 root) = (p.bookkeeper, p.batch.root);
        _excluded[epoch][bookkeeper] = true;
        delete p.batch;
        (p.bookkeeper, p.demands) = (address(0), 0);
        p.postUntil = _fromNow(_rules.posting);
        emit BatchRefuted(epoch, bookkeeper, p.postUntil);
        _convict(Offence.FalseBatch, bookkeeper, keccak256(abi.encode(epoch, bookkeeper, root)), bytes32(0), msg.sender);
    }

    function _stateOf(Post storage p) private view returns (EpochState) {
        if (p.settled) return EpochState.Settled;
        if (p.collectUntil == 0) return EpochState.Running;
        if (block.timestamp <= p.collectUntil) return EpochState.Collecting;
        // Nobody posted in time: whoever does then gives the others the window again.
        if (block.timestamp <= p.postUntil || p.bookkeeper == address(0)) return EpochState.Posting;
        return EpochState.Disputing;
    }

    function _disputeUntil(Post storage p) private view returns (uint64) {
        return p.postUntil + _rules.disputing;
    }

    /// @dev Between two people who were members before, in its epoch, signed by its requester.
    function _isBill(uint64 epoch, Bill calldata bill, bytes32 digest, bytes calldata signature)
        private
        view
        returns (bool)
    {
        bytes32 requester = _accounts[bill.requester].subject;
        bytes32 collaborator = _accounts[bill.collaborator].subject;
        return bill.time >= _start && epochAt(bill.time) == epoch && requester != collaborator && requester != 0
            && collaborator != 0 && _recovers(digest, bill.requester, signature);
    }

    function _contains(Post storage p, BillLeaf memory leaf, uint256 index, bytes32[] calldata siblings)
        private
        view
        returns (bool)
    {
        return OrderedTree.holds(p.batch.root, p.batch.bills, keccak256(abi.encode(leaf)), index, siblings);
    }

    function _keyOf(uint64 epoch, Post storage p) private view returns (bytes32) {
        return keccak256(abi.encode(epoch, p.bookkeeper, p.number));
    }

    function _openDemand(uint64 epoch, Post storage p, uint256 index) private view returns (Demand storage d) {
        d = _demands[_keyOf(epoch, p)][index];
        if (!_isOpen(d)) revert NotDemanded(epoch, index);
    }

    function _isOpen(Demand storage d) private view returns (bool) {
        return d.by != address(0) && d.answerBy != type(uint64).max;
    }

    function _fromNow(uint256 window) private view returns (uint64) {
        return uint64(block.timestamp + window);
    }
}
