// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {ICollaboration} from "../src/ICollaboration.sol";
import {IEscrow} from "../src/IEscrow.sol";
import {HostileToken} from "./HostileToken.sol";
import {Queries} from "./Queries.sol";

/// @dev Drives bonded queries among parties that take every role for the invariant tests. It keeps a model of its own, from
/// which it foretells of every call whether it succeeds. `advance` leads queries to their ends; `disturb` is time, anybody's
/// call out of turn, and the one party that is locked and the one that the token refuses to pay changing.
contract QueriesHandler is Queries {
    uint256 private constant MAX_OPEN = 3;
    uint256 private constant PARTIES = 5;

    address[] public parties;
    bytes32[] public ids;
    /// @dev What each party must own: its balance and what is set aside for it.
    mapping(address party => uint256) public due;
    mapping(address party => uint256) private _keys;
    mapping(bytes32 query => ICollaboration.Task) private _model;
    mapping(address party => bool) private _offered;
    mapping(address party => uint128) private _fee;
    address private _locked;
    address private _refused;

    /// @dev How often each came about.
    uint256[STATES] public entered;
    uint256 public confirmed;
    uint256 public asides;
    uint256 public withdrawals;
    uint256 public repeated;
    uint256 public forged;
    uint256 public notOffered;
    uint256 public lockedOut;
    uint256 public outOfTurn;
    /// @dev Calls that went other than the model foretold.
    uint256 public disagreements;

    constructor() {
        vm.warp(START);
        token = new HostileToken();
        _openQueries(token);
        for (uint256 i = 0; i < PARTIES; ++i) {
            uint256 key = uint256(keccak256(abi.encode("party", i)));
            address party = vm.addr(key);
            parties.push(party);
            (_keys[party], due[party]) = (key, FUNDS);
            _fund(party);
            _tryOffer(party, uint128(i * FEE));
        }
        _moveLock(parties[0]);
        _moveRefusal(parties[1]);
    }

    function theQueries() external view returns (ICollaboration) {
        return queries;
    }

    function theToken() external view returns (HostileToken) {
        return token;
    }

    function numberOfParties() external view returns (uint256) {
        return parties.length;
    }

    function numberOfQueries() external view returns (uint256) {
        return ids.length;
    }

    function model(bytes32 query) external view returns (ICollaboration.Task memory) {
        return _model[query];
    }

    /// @dev Four steps at once. The seed is hashed because a fuzzer likes some numbers better than others.
    function advance(uint256 seed) external {
        for (uint256 i = 0; i < 4; ++i) {
            seed = uint256(keccak256(abi.encode(seed, ids.length, block.timestamp)));
            (bytes32 query, uint256 open) = _openQuery(seed / 64);
            if (seed % 32 == 8) _moveRefusal(parties[seed / 64 % PARTIES]);
            if (seed % 8 == 0) _tryWithdraw(_waiting());
            else if (open == 0 || (seed % 8 < 4 && open < MAX_OPEN)) _ask(seed / 64);
            else _lead(query, seed / 64);
        }
    }

    function disturb(uint256 seed) external {
        seed = uint256(keccak256(abi.encode(seed, ids.length, block.timestamp)));
        address party = parties[seed / 8 % PARTIES];
        uint256 what = seed % 8;
        seed /= 64;
        if (what == 0) _moveLock(party);
        else if (what == 1) _moveRefusal(party);
        else if (what == 2) _tryWithdraw(party);
        else if (what == 3) _tryOffer(party, uint128(seed % FEE));
        else if (what == 4) _tryWithdrawService(party);
        else if (what == 5) _wait(seed);
        else _tryAnything(ids.length == 0 ? RESULT : ids[seed % ids.length], party, seed / 2 ** 128);
    }

    /// @dev To the last second of a step or into it.
    function _wait(uint256 seed) private {
        (bytes32 query, uint256 open) = _openQuery(seed);
        uint256 until = open == 0 ? block.timestamp + ANSWER : _model[query].deadline;
        if (until > block.timestamp) vm.warp(seed % 2 == 0 ? until : (block.timestamp + until) / 2);
    }

    function _ask(uint256 seed) private {
        address caller = parties[seed % PARTIES];
        ICollaboration.Terms memory t;
        t.query = keccak256(abi.encode(ids.length));
        t.collaborator = parties[(seed + 1 + seed / 8 % 4) % PARTIES];
        t.service = parties[(seed + 1 + seed / 32 % 4) % PARTIES];
        seed /= 1024;
        if (!_offered[t.service] && seed % 4 != 0) _tryOffer(t.service, uint128(seed % FEE));
        seed /= 4;
        t.reward = uint128(1 + seed % REWARD);
        t.fee = _fee[t.service];
        (t.answerSeconds, t.confirmSeconds) = (uint32(1 + seed / 2 ** 64 % ANSWER), uint32(1 + seed % CONFIRM));
        t.validUntil = uint64(block.timestamp);
        seed /= 2 ** 128;
        if (seed % 8 == 0 && ids.length != 0) t.query = ids[seed / 8 % ids.length];
        if (seed % 8 == 1) ++t.fee;
        bytes32 digest = _digest(t, caller);
        bool forge = seed % 8 == 2;
        _tryBond(caller, t, _sign(_keys[forge ? caller : t.collaborator], digest), forge);
    }

    function _tryBond(address caller, ICollaboration.Terms memory t, bytes memory agreement, bool forge) private {
        bool isNew = _model[t.query].state == ICollaboration.State.None;
        bool offered = _offered[t.service] && _fee[t.service] == t.fee;
        bool locked = caller == _locked || t.collaborator == _locked;
        bool should = isNew && offered && !locked && !forge && t.collaborator != t.service;
        if (!_call(should, caller, abi.encodeCall(ICollaboration.bond, (t, agreement)))) {
            // Each for want of nothing else.
            if (t.collaborator == t.service) return;
            if (!isNew && offered && !locked) ++repeated;
            if (isNew && !offered && !locked) ++notOffered;
            if (isNew && offered && locked && !forge) ++lockedOut;
            if (isNew && offered && !locked && forge) ++forged;
            return;
        }
        ids.push(t.query);
        ICollaboration.Task storage task = _model[t.query];
        (task.querier, task.collaborator, task.service) = (caller, t.collaborator, t.service);
        (task.reward, task.fee, task.confirmSeconds) = (t.reward, t.fee, t.confirmSeconds);
        _enter(task, ICollaboration.State.Bonded, block.timestamp + t.answerSeconds);
        due[caller] -= uint256(t.reward) + t.fee;
    }

    /// @dev One step that is in turn; now and then in its last second, or its time passes instead.
    function _lead(bytes32 query, uint256 seed) private {
        ICollaboration.Task storage task = _model[query];
        bool bonded = task.state == ICollaboration.State.Bonded;
        bool missed = block.timestamp > task.deadline;
        if (!missed && seed % 8 == 0) vm.warp(task.deadline);
        if (!missed && seed % 8 > (bonded ? 5 : 3)) {
            vm.warp(task.deadline + 1);
            missed = true;
        }
        if (missed && bonded) _tryExpire(query, stranger);
        else if (missed) _trySettle(query, stranger);
        else if (!bonded) _tryConfirm(query, task.querier);
        else if (seed % 8 > 3) _tryDecline(query, task.collaborator);
        else _tryAnswer(query, task.service, bytes32(seed));
    }

    function _tryAnything(bytes32 query, address caller, uint256 seed) private {
        uint256 before = disagreements;
        ICollaboration.State state = _model[query].state;
        uint256 what = seed % 5;
        if (what == 0) _tryAnswer(query, caller, bytes32(seed / 5 % 4));
        else if (what == 1) _tryConfirm(query, caller);
        else if (what == 2) _trySettle(query, caller);
        else if (what == 3) _tryDecline(query, caller);
        else _tryExpire(query, caller);
        if (before == disagreements && state == _model[query].state) ++outOfTurn;
    }

    function _tryAnswer(bytes32 query, address caller, bytes32 result) private {
        ICollaboration.Task storage task = _model[query];
        bool should = _isIn(task, ICollaboration.State.Bonded, false) && caller == task.service && result != 0;
        if (!_call(should, caller, abi.encodeCall(ICollaboration.answer, (query, result)))) return;
        task.result = result;
        _enter(task, ICollaboration.State.Answered, block.timestamp + task.confirmSeconds);
        _paid(task.service, task.fee);
    }

    function _tryConfirm(bytes32 query, address caller) private {
        ICollaboration.Task storage task = _model[query];
        bool should = _isIn(task, ICollaboration.State.Answered, false) && caller == task.querier;
        if (!_call(should, caller, abi.encodeCall(ICollaboration.confirm, (query)))) return;
        ++confirmed;
        _enter(task, ICollaboration.State.Settled, 0);
        _paid(task.collaborator, task.reward);
    }

    function _trySettle(bytes32 query, address caller) private {
        ICollaboration.Task storage task = _model[query];
        bool should = _isIn(task, ICollaboration.State.Answered, true);
        if (!_call(should, caller, abi.encodeCall(ICollaboration.settle, (query)))) return;
        _enter(task, ICollaboration.State.Settled, 0);
        _paid(task.collaborator, task.reward);
    }

    function _tryDecline(bytes32 query, address caller) private {
        ICollaboration.Task storage task = _model[query];
        bool should = _isIn(task, ICollaboration.State.Bonded, false) && caller == task.collaborator;
        if (!_call(should, caller, abi.encodeCall(ICollaboration.decline, (query)))) return;
        _enter(task, ICollaboration.State.Declined, 0);
        _paid(task.querier, uint256(task.reward) + task.fee);
    }

    function _tryExpire(bytes32 query, address caller) private {
        ICollaboration.Task storage task = _model[query];
        bool should = _isIn(task, ICollaboration.State.Bonded, true);
        if (!_call(should, caller, abi.encodeCall(ICollaboration.expire, (query)))) return;
        _enter(task, ICollaboration.State.Expired, 0);
        _paid(task.querier, uint256(task.reward) + task.fee);
    }

    function _tryWithdraw(address party) private {
        bool should = queries.setAside(party) != 0 && party != _refused;
        if (_call(should, party, abi.encodeCall(IEscrow.withdraw, (party)))) ++withdrawals;
    }

    function _tryOffer(address party, uint128 fee) private {
        _call(true, party, abi.encodeCall(ICollaboration.offerService, (fee, PUBLIC_KEY, ENDPOINT)));
        (_offered[party], _fee[party]) = (true, fee);
    }

    function _tryWithdrawService(address party) private {
        _call(_offered[party], party, abi.encodeCall(ICollaboration.withdrawService, ()));
        (_offered[party], _fee[party]) = (false, 0);
    }

    function _moveLock(address party) private {
        conduct.lock(_locked, false);
        conduct.lock(party, true);
        _locked = party;
    }

    function _moveRefusal(address party) private {
        token.refuse(_refused, false);
        token.refuse(party, true);
        _refused = party;
    }

    function _call(bool should, address sender, bytes memory data) private returns (bool succeeded) {
        vm.prank(sender);
        (succeeded,) = address(queries).call(data);
        if (succeeded != should) ++disagreements;
    }

    function _enter(ICollaboration.Task storage task, ICollaboration.State state, uint256 deadline) private {
        (task.state, task.deadline) = (state, uint64(deadline));
        ++entered[uint256(state)];
    }

    function _paid(address to, uint256 amount) private {
        due[to] += amount;
        if (to == _refused && amount != 0) ++asides;
    }

    function _isIn(ICollaboration.Task storage task, ICollaboration.State state, bool over)
        private
        view
        returns (bool)
    {
        return task.state == state && over == block.timestamp > task.deadline;
    }

    /// @dev The first for whom something is set aside that it can take.
    function _waiting() private view returns (address party) {
        for (uint256 i = 0; i < PARTIES; ++i) {
            party = parties[i];
            if (party != _refused && queries.setAside(party) != 0) return party;
        }
    }

    function _openQuery(uint256 seed) private view returns (bytes32 query, uint256 open) {
        for (uint256 i = 0; i < ids.length; ++i) {
            bytes32 candidate = ids[(seed % ids.length + i) % ids.length];
            if (_model[candidate].state > ICollaboration.State.Answered) continue;
            query = candidate;
            ++open;
        }
    }
}
