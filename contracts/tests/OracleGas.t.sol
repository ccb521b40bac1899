// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {IPrivacyOracle} from "../src/IPrivacyOracle.sol";
import {MarketToken} from "../src/MarketToken.sol";
import {Oracles} from "./Oracles.sol";

/// @dev What each step of a request costs as a transaction of its own (run with --isolate), paid in the market's credit, in
/// an oracle of twenty nodes that have served before. One batch brings as many votes as decide.
contract OracleGasTest is Oracles {
    MarketToken private credit;

    function setUp() public override {
        super.setUp();
        delete nodes;
        credit = new MarketToken(address(this));
        _openOracle(credit);
        _fund(requester);
        for (uint256 i = 0; i < 20; ++i) {
            _newNode(STAKE);
        }
        _run("", 15, 8);
        vm.warp(block.timestamp + 1);
    }

    function _fund(address account) internal override {
        super._fund(account);
        if (address(credit) == address(0)) return;
        credit.mint(account, FUNDS);
        vm.prank(account);
        credit.approve(address(oracle), type(uint256).max);
    }

    function test_gas_ofDeployment() public {
        vm.startSnapshotGas("deploy PrivacyOracle");
        IPrivacyOracle deployed = _deploy(credit, PENALTY, CHALLENGE);
        vm.stopSnapshotGas();
        vm.assertTrue(address(deployed).code.length < 24_576, "EIP-170");
    }

    function test_gas_ofANode() public {
        _newNode(STAKE);
        vm.snapshotGasLastCall("node, register");
        address node = nodes[0];
        vm.prank(node);
        oracle.addStake(PENALTY);
        vm.snapshotGasLastCall("node, addStake");
        vm.prank(node);
        oracle.withdrawStake(PENALTY, node);
        vm.snapshotGasLastCall("node, withdrawStake");
        vm.prank(node);
        oracle.retire();
        vm.snapshotGasLastCall("node, retire");
        vm.prank(node);
        oracle.resume();
        vm.snapshotGasLastCall("node, resume");
    }

    function test_gas_with05Nodes() public {
        _run("05 nodes, ", 5, 3);
    }

    function test_gas_with15Nodes() public {
        _run("15 nodes, ", 15, 8);
    }

    /// @dev Everything that can go wrong once: a proposal rejected by as many as decide, then another that is accepted.
    function test_gas_ofARejection() public {
        (bytes32 id, address[] memory committee) = _gather("", 5, 3);
        _propose(id, committee[0], _model());
        _decide(id, committee, 1, 3, false);
        vm.snapshotGasLastCall("05 nodes, vote that rejects");
        _propose(id, committee[1], _model());
        vm.snapshotGasLastCall("05 nodes, propose again");
        _pass(id);
        oracle.handOver(id);
        vm.snapshotGasLastCall("05 nodes, handOver");
    }

    function test_gas_ofAnEquivocation() public {
        (bytes32 id, address[] memory committee) = _gather("", 5, 3);
        _propose(id, committee[0], _model());
        (IPrivacyOracle.Vote memory yes, IPrivacyOracle.Vote memory no) = (_ballot(id, true), _ballot(id, false));
        (bytes memory first, bytes memory second) = (_sign(committee[1], yes), _sign(committee[1], no));
        oracle.reportEquivocation(yes, first, no, second);
        vm.snapshotGasLastCall("reportEquivocation");
    }

    function _run(string memory name, uint8 n, uint8 m) private {
        (bytes32 id, address[] memory committee) = _gather(name, n, m);
        _propose(id, committee[0], _model());
        _snapshot(name, "propose");
        _decide(id, committee, 1, m - 1, true);
        _snapshot(name, "vote");
        vm.prank(committee[1]);
        oracle.withdraw(committee[1]);
        _snapshot(name, "withdraw");
        _release(id);
        _snapshot(name, "release");
    }

    function _gather(string memory name, uint8 n, uint8 m) private returns (bytes32 id, address[] memory committee) {
        IPrivacyOracle.Terms memory t = _terms();
        (t.committee, t.threshold) = (n, m);
        id = _request(t);
        _snapshot(name, "request");
        committee = oracle.committeeOf(id);
        for (uint256 i = 0; i < n; ++i) {
            _submit(id, committee[i], DIGEST);
            if (i == 1) _snapshot(name, "submitProfiles");
        }
    }

    function _decide(bytes32 id, address[] memory committee, uint256 from, uint256 count, bool accept) private {
        (IPrivacyOracle.Vote[] memory votes, bytes[] memory signatures) =
            (new IPrivacyOracle.Vote[](count), new bytes[](count));
        for (uint256 i = 0; i < count; ++i) {
            votes[i] = _ballot(id, accept);
            signatures[i] = _sign(committee[from + i], votes[i]);
        }
        oracle.vote(id, votes, signatures);
    }

    function _snapshot(string memory name, string memory step) private {
        if (bytes(name).length != 0) vm.snapshotGasLastCall(string.concat(name, step));
    }
}
