// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {ITradingSessions} from "../src/ITradingSessions.sol";
import {HostileToken} from "./HostileToken.sol";
import {Sessions, Views} from "./Sessions.sol";
import {Shards} from "./Shards.sol";

/// @dev Drives sessions for the invariant tests and keeps its own accounts of who must have what. `advance` leads a
/// session through its states on one of several routes, since random calls alone hardly ever get past a registration;
/// the other steps disturb it: any call by anybody, refusals by the token, time.
contract SessionsHandler is Sessions {
    uint256 private constant ROUTES = 8;
    uint256 private constant MAX_OPEN = 3;
    uint16 private constant FEW = 11;

    bytes32[] public ids;
    address[] public parties;
    /// @dev What each party must own: its balance plus what is set aside for it.
    mapping(address party => uint256) public due;
    /// @dev What the contract must hold for each session: reward while open, deposits not yet paid out.
    mapping(bytes32 id => uint256) public owed;
    mapping(bytes32 id => bool) public ended;
    mapping(bytes32 id => bool) public condemned;
    mapping(bytes32 id => mapping(address party => uint256)) private _locked;
    /// @dev How often each state and outcome was reached.
    uint256[5] public reached;
    uint256[6] public outcomes;
    uint256 public setAsides;
    uint256 public disagreements;

    constructor() {
        setUp();
        parties = [collector, alice, bob, carol, arbiter];
        _fund(arbiter);
        for (uint256 i = 0; i < parties.length; ++i) {
            due[parties[i]] = FUNDS;
        }
    }

    function termsOf(bytes32 id) external view returns (ITradingSessions.Terms memory) {
        return t[id];
    }

    function market() external view returns (ITradingSessions, HostileToken) {
        return (sessions, token);
    }

    function count() external view returns (uint256, uint256) {
        return (ids.length, parties.length);
    }

    /// @dev Opens a session, or takes the oldest open one a step further on its route to one of the endings.
    function advance(uint256 seed) external {
        seed = uint256(keccak256(abi.encode(seed, ids.length)));
        (bytes32 id, uint256 number, uint256 open) = _oldestOpen();
        if (open == 0 || (seed % 16 == 0 && open < MAX_OPEN)) return _open(seed);
        _step(id, number % ROUTES);
    }

    /// @dev Any call on any session by anybody, most of them refused.
    function disturb(uint256 who, uint256 what, uint256 whom, uint256 number) external {
        if (ids.length == 0) return;
        _act(parties[who % 5], what % 9, ids[number % ids.length], parties[whom % 4]);
    }

    /// @dev The token refuses a party, or takes it back; and somebody tries to withdraw.
    function refuse(uint256 who, uint256 withdrawer) external {
        address party = parties[who % 5];
        token.refuse(party, !token.refused(party));
        party = parties[withdrawer % 5];
        vm.prank(party);
        sessions.withdraw();
    }

    function wait(uint256 time) external {
        vm.warp(block.timestamp + _bound(time, 1, 12 hours));
    }

    function _open(uint256 seed) private {
        ITradingSessions.Terms memory terms = _terms();
        terms.reward = uint128(_bound(seed, 1, 1000));
        terms.deposit = uint128(_bound(seed >> 16, 1, 100));
        terms.sampleShare = (_bound(seed >> 32, 1000, 10_000));
        terms.agreement = bytes32(ids.length); // another session, even in the same second
        bytes32 id = _created(terms);
        ids.push(id);
        due[collector] -= terms.reward;
        owed[id] = terms.reward;
        ++reached[1];
    }

    function _step(bytes32 id, uint256 route) private {
        ITradingSessions.Session memory s = Views.session(sessions, id);
        if (route == 7 && s.state == ITradingSessions.State.Pending) return _actAfter(s.deadline, 6, id);
        if (block.timestamp > s.deadline) return _act(stranger, 6, id, alice);
        ITradingSessions.Status status = Views.provider(sessions, id, alice).status;
        if (s.state == ITradingSessions.State.Pending) {
            if (status == ITradingSessions.Status.None) {
                _act(bob, 0, id, bob);
                return _act(alice, 0, id, alice);
            }
            if (status == ITradingSessions.Status.Registered) return _act(collector, 1, id, alice);
            if (status == ITradingSessions.Status.Sampled) return _act(alice, 2, id, alice);
            if (route == 0) return _closeRefused(id);
            return _act(collector, 3, id, alice);
        }
        if (s.state == ITradingSessions.State.Reviewing) {
            if (route == 1) return _actAfter(s.deadline, 6, id);
            if (Views.provider(sessions, id, s.candidate).status != ITradingSessions.Status.Shown) {
                return _act(s.candidate, 4, id, s.candidate);
            }
            if (route == 2) return _act(collector, 6, id, alice);
            if (route == 5 && !condemned[id]) return _act(arbiter, 6, id, alice);
            if (route == 3) return _actAfter(s.deadline, 6, id);
            return _act(collector, 5, id, s.candidate);
        }
        if (route == 4) return _actAfter(s.deadline, 6, id);
        _act(s.candidate, 7, id, s.candidate);
    }

    /// @dev The collector gives up while the token refuses it its reward.
    function _closeRefused(bytes32 id) private {
        token.refuse(collector, true);
        _act(collector, 6, id, alice);
        token.refuse(collector, false);
    }

    function _actAfter(uint256 deadline, uint256 what, bytes32 id) private {
        if (block.timestamp <= deadline) vm.warp(deadline + 1);
        _act(stranger, what, id, alice);
    }

    function _act(address who, uint256 what, bytes32 id, address whom) private {
        ITradingSessions.Session memory before = Views.session(sessions, id);
        bool shown = Views.provider(sessions, id, before.candidate).status == ITradingSessions.Status.Shown;
        uint256 aside = _allSetAside();
        bytes memory data = _call(who, what, id, whom);
        vm.prank(who);
        (bool done,) = address(sessions).call(data);
        if (!done) return;
        if (_allSetAside() > aside) ++setAsides;
        if (what == 0) {
            due[who] -= t[id].deposit;
            owed[id] += t[id].deposit;
            _locked[id][who] += t[id].deposit;
        }
        if (what == 8) _release(id, who);
        ITradingSessions.State state = Views.session(sessions, id).state;
        if (state == before.state) return;
        ++reached[uint256(state)];
        bool ruled = who == arbiter && what == 6 && shown && before.state == ITradingSessions.State.Reviewing;
        if (ruled) return _condemn(id, before.candidate, state);
        if (state < before.state || ended[id]) ++disagreements;
        if (state == ITradingSessions.State.Closed) _end(id, before, shown, what == 7);
    }

    /// @dev What the rules say must be paid, reckoned from the state before, not from the contract's answer.
    function _end(bytes32 id, ITradingSessions.Session memory s, bool shown, bool claimed) private {
        ended[id] = true;
        owed[id] -= t[id].reward;
        if (s.state == ITradingSessions.State.Pending) {
            due[collector] += t[id].reward;
            ++outcomes[0];
        } else if (claimed) {
            due[s.candidate] += t[id].reward;
            _release(id, s.candidate);
            ++outcomes[2]; // Traded
        } else if (shown && s.state == ITradingSessions.State.Reviewing) {
            uint256 compensation = uint256(t[id].reward) * t[id].sampleShare / 10_000;
            due[collector] += t[id].reward - compensation;
            due[s.candidate] += compensation;
            _release(id, s.candidate);
            ++outcomes[1]; // WalkedAway
        } else {
            due[collector] += t[id].reward + t[id].deposit;
            owed[id] -= t[id].deposit;
            delete _locked[id][s.candidate];
            ++outcomes[shown ? 4 : 3];
        }
    }

    function _condemn(bytes32 id, address candidate, ITradingSessions.State state) private {
        if (state != ITradingSessions.State.Pending || ended[id]) ++disagreements;
        condemned[id] = true;
        uint256 amount = _locked[id][candidate];
        delete _locked[id][candidate];
        owed[id] -= amount;
        due[collector] += amount;
        ++outcomes[5];
    }

    function _release(bytes32 id, address who) private {
        uint256 amount = _locked[id][who];
        if (amount == 0) ++disagreements; // paid out what was not, or no longer, there
        delete _locked[id][who];
        owed[id] -= amount;
        due[who] += amount;
    }

    function _call(address who, uint256 what, bytes32 id, address whom) private view returns (bytes memory) {
        bytes32[] memory list = Shards.keys(who, FEW);
        if (what == 0) return abi.encodeCall(sessions.register, (t[id], FEW, Shards.commitment(list, id, who)));
        if (what == 1) return abi.encodeCall(sessions.sampleData, (t[id], whom, SEED));
        if (what == 2) return abi.encodeCall(sessions.submitFeatures, (t[id], SEALED));
        if (what == 3) return abi.encodeCall(sessions.setCandidate, (t[id], whom));
        if (what == 4) {
            (bytes32[] memory keys, bytes32[] memory salts, bytes32[] memory proof) =
                Shards.opening(list, _sampleOf(id, who));
            return abi.encodeCall(sessions.submitReview, (t[id], keys, salts, proof, SEALED));
        }
        if (what == 5) return abi.encodeCall(sessions.setOptimal, (t[id], whom));
        if (what == 6) return abi.encodeCall(sessions.close, (t[id]));
        if (what == 7) return abi.encodeCall(sessions.claimReward, (t[id], Shards.CLAIM_KEY, list));
        return abi.encodeCall(sessions.claimDeposit, (t[id]));
    }

    function _oldestOpen() private view returns (bytes32 id, uint256 number, uint256 open) {
        for (uint256 i = ids.length; i > 0; --i) {
            if (ended[ids[i - 1]]) continue;
            (id, number, open) = (ids[i - 1], i - 1, open + 1);
        }
    }

    function _allSetAside() private view returns (uint256 sum) {
        for (uint256 i = 0; i < parties.length; ++i) {
            sum += sessions.setAside(parties[i]);
        }
    }
}
