// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {IEscrow} from "../src/IEscrow.sol";
import {IPrivacyOracle} from "../src/IPrivacyOracle.sol";
import {HostileToken} from "./HostileToken.sol";
import {Oracles} from "./Oracles.sol";
import {Vm} from "./Test.sol";

/// @dev Drives an oracle with several nodes and requesters for the invariant tests and keeps its own accounts of who must
/// have what, who voted and who is excluded. `advance` leads each request on its route to an end, with an accident now and
/// then; `disturb` is any node's stake, any party's withdrawal, anybody's call out of turn.
contract OracleHandler is Oracles {
    /// @dev What a request is to see. Every second request tries what the run has not seen yet, the others take turns.
    enum Route {
        Model,
        Refusal,
        WrongProposal, // the first one; rejected
        WrongVote, // one rejects what the others accept
        OtherProfiles, // of the last that submits
        BothVotes, // signed by the last that submitted
        TooFewProfiles,
        NoModel // nobody proposes
    }

    struct Record {
        address requester;
        uint96 fee;
        uint8 threshold;
        Route route;
        bool rejected;
        uint256 ends;
        uint256 paidOut;
        uint256 releases;
        bytes32 model; // hash of what modelOf said at the end
    }

    uint256 private constant MAX_OPEN = 2;
    uint256 private constant ROUTES = 8;

    bytes32[] public ids;
    address[] public parties;
    /// @dev What each party must own: its balance, what is set aside for it and its stake.
    mapping(address party => uint256) public due;
    mapping(bytes32 id => Record) private _records;
    mapping(bytes32 id => mapping(address node => bool)) public excluded;
    /// @dev The votes that were taken, the solver's own included.
    mapping(bytes32 id => mapping(uint256 attempt => mapping(bool accept => uint256))) private _counts;
    mapping(bytes32 id => mapping(uint256 attempt => mapping(address node => bool))) private _voted;

    /// @dev How often each came about: decisions by whether there is a model, expiries by their reason.
    uint256 public models;
    uint256 public refusals;
    uint256[2] public expiries;
    uint256[4] public offences;
    uint256 public rejections;
    uint256 public silences;
    uint256 public releases;
    /// @dev What the oracle let happen against the rules.
    uint256 public disagreements;

    constructor() {
        vm.warp(1_795_000_000);
        token = new HostileToken();
        _openOracle(token);
        for (uint256 i = 0; i < 7; ++i) {
            parties.push(_newNode(6 * PENALTY));
        }
        parties.push(requester);
        parties.push(stranger);
        _fund(requester);
        _fund(stranger);
        for (uint256 i = 0; i < parties.length; ++i) {
            due[parties[i]] = FUNDS;
        }
    }

    function theOracle() external view returns (IPrivacyOracle) {
        return oracle;
    }

    function theToken() external view returns (HostileToken) {
        return token;
    }

    function numberOfParties() external view returns (uint256) {
        return parties.length;
    }

    function numberOfRequests() external view returns (uint256) {
        return ids.length;
    }

    function record(bytes32 id) external view returns (Record memory) {
        return _records[id];
    }

    /// @dev Three steps at once: a request takes about ten. The seed is hashed because a fuzzer likes some numbers better
    /// than others.
    function advance(uint256 seed) external {
        for (uint256 i = 0; i < 3; ++i) {
            seed = uint256(keccak256(abi.encode(seed, ids.length, block.timestamp, token.balanceOf(address(oracle)))));
            (bytes32 id, uint256 open) = _openRequest(seed / 8);
            if (open == 0 || (seed % 8 == 0 && open < MAX_OPEN)) _ask(seed / 8);
            else if (oracle.requestOf(id).deadline < block.timestamp) _handOver(id);
            else if (oracle.requestOf(id).state == IPrivacyOracle.State.Gathering) _gather(id, seed / 8);
            else if (oracle.requestOf(id).state == IPrivacyOracle.State.Solving) _solve(id, seed / 8);
            else _decide(id, seed / 8);
        }
    }

    function disturb(uint256 seed) external {
        seed = uint256(keccak256(abi.encode(seed, block.timestamp)));
        (address party, address node) = (parties[seed % parties.length], nodes[seed % nodes.length]);
        uint256 what = seed / 64 % 9;
        uint128 amount = uint128(seed / 512 % (2 * PENALTY));
        if (what == 0) _call(node, abi.encodeCall(IPrivacyOracle.retire, ()));
        else if (what == 1) _call(node, abi.encodeCall(IPrivacyOracle.withdrawStake, (amount, node)));
        else if (what == 2) _call(party, abi.encodeCall(IEscrow.withdraw, (party)));
        else if (what == 3) _wait(seed / 512);
        else if (ids.length != 0) _disturb(ids[seed / 512 % ids.length], what, node, seed / 2 ** 32);
    }

    /// @dev Long only while nothing is open, so that windows are seldom missed by all.
    function _wait(uint256 seed) private {
        (, uint256 open) = _openRequest(0);
        vm.warp(block.timestamp + seed % (open == 0 ? 2 * CHALLENGE : VOTE));
    }

    function _disturb(bytes32 id, uint256 what, address node, uint256 seed) private {
        if (what == 4) {
            _tryRelease(id);
        } else if (what == 5) {
            _report(id, node);
        } else if (what == 6) {
            _call(stranger, abi.encodeCall(IPrivacyOracle.handOver, (id)));
        } else if (seed % 2 == 0) {
            _tryPropose(id, node, _proposal(id, node, seed / 2));
        } else {
            _tryVote(id, node, seed % 4 == 1);
        }
    }

    /// @dev Nodes that keep leaving, or keep their seats, would leave nothing to test. Ended requests are released now and
    /// then, when no request would miss its windows meanwhile.
    function _bringNodesBack(uint256 seed) private {
        (, uint256 open) = _openRequest(0);
        if (open == 0 && seed % 4 == 0) {
            vm.warp(block.timestamp + CHALLENGE + 1);
            for (uint256 i = 0; i < ids.length; ++i) {
                if (_records[ids[i]].releases == 0) _tryRelease(ids[i]);
            }
        }
        for (uint256 i = 0; i < nodes.length; ++i) {
            if (_isDrawable(nodes[i])) continue;
            _call(nodes[i], abi.encodeCall(IPrivacyOracle.resume, ()));
            _call(nodes[i], abi.encodeCall(IPrivacyOracle.addStake, (PENALTY)));
        }
    }

    function _nextRoute() private view returns (Route) {
        uint256[ROUTES] memory seen =
            [models, refusals, offences[1], offences[2], offences[0], offences[3], expiries[0], expiries[1]];
        for (uint256 k = 0; k < ROUTES && ids.length % 2 == 0; ++k) {
            if (seen[k] == 0) return Route(k);
        }
        return Route(ids.length / 2 % ROUTES);
    }

    function _ask(uint256 seed) private {
        _bringNodesBack(seed / 2 ** 128);
        Route route = _nextRoute();
        IPrivacyOracle.Terms memory t = _terms();
        t.committee = uint8(3 + seed % 3);
        t.threshold = t.committee / 2 + 1;
        // More than a majority where nobody needs to be outvoted: else too few might be left for that.
        if (route < Route.WrongProposal || route > Route.OtherProfiles) t.threshold += uint8(seed / 4 % 2);
        t.fee = uint96(1 + seed / 8 % FEE);
        address who = seed / 2 ** 64 % 2 == 0 ? requester : stranger;
        vm.prevrandao(bytes32(seed));
        uint256 length = ids.length;
        if (!_call(who, abi.encodeCall(IPrivacyOracle.request, (t)))) return;
        Record storage r = _records[ids[length]];
        (r.requester, r.fee, r.threshold, r.route) = (who, t.fee, t.threshold, route);
        due[who] -= t.fee;
    }

    /// @dev Up to two marks; now and then one of other profiles, or the time passes instead.
    function _gather(bytes32 id, uint256 seed) private {
        Record storage r = _records[id];
        if (seed % 24 == 0) return _handOver(id);
        for (uint256 i = 0; i < 2; ++i) {
            seed /= 32;
            IPrivacyOracle.Status memory s = oracle.requestOf(id);
            if (s.submitted == s.committee) return;
            if (r.route == Route.TooFewProfiles && s.submitted == s.threshold - 1) return _handOver(id);
            address node = oracle.committeeOf(id)[s.submitted];
            bool other = seed % 24 == 0 || (r.route == Route.OtherProfiles && s.submitted == s.committee - 1);
            bytes32 mark = _mark(id, node, other ? OTHER_DIGEST : DIGEST);
            _call(node, abi.encodeCall(IPrivacyOracle.submitProfiles, (id, mark)));
        }
    }

    function _solve(bytes32 id, uint256 seed) private {
        address solver = oracle.requestOf(id).solver;
        bool silent = _records[id].route == Route.NoModel || seed % 24 == 0;
        if (silent || !_tryPropose(id, solver, _proposal(id, solver, seed / 32))) _handOver(id);
    }

    /// @dev One vote, the route's or by accident another, or a node is reported for both.
    function _decide(bytes32 id, uint256 seed) private {
        IPrivacyOracle.Status memory s = oracle.requestOf(id);
        address[] memory committee = oracle.committeeOf(id);
        Route route = _records[id].route;
        address last = committee[s.submitted - 1];
        if (seed % 24 == 0) return _report(id, committee[seed / 32 % s.committee]);
        if (route == Route.BothVotes && !excluded[id][last]) return _report(id, last);
        for (uint256 i = 0; i < s.submitted; ++i) {
            address node = committee[(seed / 32 + i) % s.submitted];
            if (excluded[id][node] || _voted[id][s.attempt][node]) continue;
            bool accept =
                route == Route.WrongVote ? s.rejects != 0 : route != Route.WrongProposal || _records[id].rejected;
            return _tryVote(id, node, accept != (seed % 24 == 1));
        }
        _handOver(id);
    }

    /// @dev Of the profiles that the node itself submitted; now and then of others.
    function _proposal(bytes32 id, address node, uint256 seed) private view returns (IPrivacyOracle.Proposal memory p) {
        Route route = _records[id].route;
        bool refusal = route == Route.Refusal || (route != Route.Model && seed % 2 == 0);
        p = refusal ? _refusal() : _model();
        bool other = oracle.memberOf(id, node).mark == bytes24(_mark(id, node, OTHER_DIGEST));
        if (other != (seed / 2 % 24 == 0)) p.profileDigest = OTHER_DIGEST;
    }

    function _tryRelease(bytes32 id) private {
        if (!_call(stranger, abi.encodeCall(IPrivacyOracle.release, (id)))) return;
        ++_records[id].releases;
        ++releases;
    }

    /// @dev The present step's time passes, if it has not.
    function _handOver(bytes32 id) private {
        uint64 deadline = oracle.requestOf(id).deadline;
        if (block.timestamp <= deadline) vm.warp(deadline + 1);
        _call(stranger, abi.encodeCall(IPrivacyOracle.handOver, (id)));
    }

    function _tryPropose(bytes32 id, address node, IPrivacyOracle.Proposal memory p) private returns (bool proposed) {
        proposed = _call(node, abi.encodeCall(IPrivacyOracle.propose, (id, p)));
        if (!proposed) return false;
        uint256 attempt = oracle.requestOf(id).attempt;
        if (excluded[id][node] || _voted[id][attempt][node]) ++disagreements;
        if (node != oracle.committeeOf(id)[attempt]) ++disagreements;
        _voted[id][attempt][node] = true;
        ++_counts[id][attempt][true];
    }

    function _tryVote(bytes32 id, address node, bool accept) private {
        IPrivacyOracle.Vote[] memory votes = new IPrivacyOracle.Vote[](1);
        bytes[] memory signatures = new bytes[](1);
        votes[0] = _ballot(id, accept);
        signatures[0] = _sign(node, votes[0]);
        uint256 attempt = votes[0].attempt;
        bool hadNoVote = excluded[id][node] || _voted[id][attempt][node] || oracle.memberOf(id, node).mark == 0;
        // Counted before the call, whose events are checked against the counts.
        ++_counts[id][attempt][accept];
        if (!_call(stranger, abi.encodeCall(IPrivacyOracle.vote, (id, votes, signatures)))) {
            --_counts[id][attempt][accept];
            return;
        }
        if (hadNoVote) ++disagreements;
        _voted[id][attempt][node] = true;
        IPrivacyOracle.Status memory s = oracle.requestOf(id);
        bool decided = s.state != IPrivacyOracle.State.Voting;
        if (decided != (_counts[id][attempt][accept] >= _records[id].threshold)) ++disagreements;
    }

    function _report(bytes32 id, address node) private {
        (IPrivacyOracle.Vote memory yes, IPrivacyOracle.Vote memory no) = (_ballot(id, true), _ballot(id, false));
        bytes memory data =
            abi.encodeCall(IPrivacyOracle.reportEquivocation, (yes, _sign(node, yes), no, _sign(node, no)));
        _call(stranger, data);
    }

    function _call(address sender, bytes memory data) private returns (bool succeeded) {
        vm.recordLogs();
        vm.prank(sender);
        (succeeded,) = address(oracle).call(data);
        Vm.Log[] memory logs = vm.getRecordedLogs();
        for (uint256 i = 0; i < logs.length; ++i) {
            if (logs[i].emitter == address(oracle)) _note(logs[i]);
        }
    }

    function _note(Vm.Log memory log) private {
        bytes32 kind = log.topics[0];
        if (log.topics.length < 2) return;
        bytes32 id = log.topics[1];
        address account = log.topics.length > 2 ? address(uint160(uint256(log.topics[2]))) : address(0);
        if (kind == IPrivacyOracle.Requested.selector) {
            ids.push(id);
        } else if (kind == IPrivacyOracle.FeePaid.selector) {
            uint256 amount = abi.decode(log.data, (uint256));
            due[account] += amount;
            _records[id].paidOut += amount;
        } else if (kind == IPrivacyOracle.Penalised.selector) {
            (IPrivacyOracle.Offence offence, uint256 amount) = abi.decode(log.data, (IPrivacyOracle.Offence, uint256));
            if (excluded[id][account] || amount != PENALTY) ++disagreements;
            excluded[id][account] = true;
            due[account] -= amount;
            due[_records[id].requester] += amount;
            ++offences[uint256(offence)];
        } else if (kind == IPrivacyOracle.ProposalRejected.selector) {
            uint256 attempt = abi.decode(log.data, (uint256));
            if (_counts[id][attempt][false] < _records[id].threshold) ++disagreements;
            ++rejections;
            _records[id].rejected = true;
        } else if (kind == IPrivacyOracle.NodeSilent.selector) {
            if (oracle.memberOf(id, account).mark != 0) ++disagreements;
            ++silences;
        } else if (kind == IPrivacyOracle.ModelFinalised.selector) {
            ++models;
            _noteEnd(id);
            _checkThreshold(id);
        } else if (kind == IPrivacyOracle.RequestRefused.selector) {
            ++refusals;
            _noteEnd(id);
            _checkThreshold(id);
            _noteRefund(id);
        } else if (kind == IPrivacyOracle.RequestExpired.selector) {
            ++expiries[abi.decode(log.data, (uint256))];
            _noteEnd(id);
            _noteRefund(id);
        }
    }

    function _noteEnd(bytes32 id) private {
        ++_records[id].ends;
        _records[id].model = modelHash(id);
    }

    function _noteRefund(bytes32 id) private {
        Record storage r = _records[id];
        r.paidOut += r.fee;
        due[r.requester] += r.fee;
    }

    function _checkThreshold(bytes32 id) private {
        if (_counts[id][oracle.requestOf(id).attempt][true] < _records[id].threshold) ++disagreements;
    }

    function modelHash(bytes32 id) public view returns (bytes32) {
        (bytes32 result, bytes32 content, uint64 expiresAt,) = oracle.modelOf(id);
        return keccak256(abi.encode(result, content, expiresAt));
    }

    function _openRequest(uint256 seed) private view returns (bytes32 id, uint256 open) {
        for (uint256 i = 0; i < ids.length; ++i) {
            bytes32 candidate = ids[(seed + i) % ids.length];
            if (_records[candidate].ends != 0) continue;
            id = candidate;
            ++open;
        }
    }
}
