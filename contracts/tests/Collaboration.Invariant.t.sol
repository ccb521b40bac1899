// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {ICollaboration} from "../src/ICollaboration.sol";
import {HostileToken} from "./HostileToken.sol";
import {QueriesHandler} from "./QueriesHandler.sol";
import {Test} from "./Test.sol";

/// @dev What holds after every step of queries in which anybody may do anything.
contract CollaborationInvariantTest is Test {
    struct FuzzSelector {
        address addr;
        bytes4[] selectors;
    }

    QueriesHandler private handler;
    ICollaboration private queries;
    HostileToken private token;

    function setUp() public {
        handler = new QueriesHandler();
        queries = handler.theQueries();
        token = handler.theToken();
    }

    function targetContracts() external view returns (address[] memory targets) {
        targets = new address[](1);
        targets[0] = address(handler);
    }

    /// @dev Most of the steps lead queries on.
    function targetSelectors() external view returns (FuzzSelector[] memory targets) {
        targets = new FuzzSelector[](1);
        bytes4[] memory selectors = new bytes4[](3);
        selectors[0] = selectors[1] = handler.advance.selector;
        selectors[2] = handler.disturb.selector;
        targets[0] = FuzzSelector(address(handler), selectors);
    }

    /// @dev Every call goes as the handler's model foretells and every query is what the model says. The escrow holds the
    /// open queries' rewards and fees and what is set aside, to the unit, and every party has exactly what is its own.
    /// forge-config: default.invariant.runs = 8
    function invariant_everyUnit_isWhereItBelongs() public view {
        vm.assertEq(handler.disagreements(), 0, "against the rules");
        uint256 held;
        for (uint256 i = 0; i < handler.numberOfQueries(); ++i) {
            bytes32 query = handler.ids(i);
            ICollaboration.Task memory task = queries.taskOf(query);
            vm.assertEq(keccak256(abi.encode(task)), keccak256(abi.encode(handler.model(query))));
            if (task.state == ICollaboration.State.Bonded) held += uint256(task.reward) + task.fee;
            if (task.state == ICollaboration.State.Answered) held += task.reward;
        }
        for (uint256 i = 0; i < handler.numberOfParties(); ++i) {
            address party = handler.parties(i);
            uint256 aside = queries.setAside(party);
            vm.assertEq(token.balanceOf(party) + aside, handler.due(party), "a party's due");
            held += aside;
        }
        vm.assertEq(token.balanceOf(address(queries)), held, "escrow");
    }

    /// @dev From wherever the queries are, time alone lets a stranger end every one; then everybody takes what is theirs, be
    /// it to another account, and nothing is left.
    /// forge-config: default.invariant.runs = 8
    function invariant_everyQuery_canEnd() public {
        uint256 state = vm.snapshotState();
        for (uint256 i = 0; i < handler.numberOfQueries(); ++i) {
            bytes32 query = handler.ids(i);
            ICollaboration.Task memory task = queries.taskOf(query);
            if (task.deadline == 0) continue;
            if (block.timestamp <= task.deadline) vm.warp(task.deadline + 1);
            if (task.state == ICollaboration.State.Bonded) queries.expire(query);
            else queries.settle(query);
        }
        address elsewhere = _actor("elsewhere");
        for (uint256 i = 0; i < handler.numberOfParties(); ++i) {
            address party = handler.parties(i);
            if (queries.setAside(party) == 0) continue;
            vm.prank(party);
            queries.withdraw(elsewhere);
        }
        vm.assertEq(token.balanceOf(address(queries)), 0, "escrow after every end");
        vm.assertTrue(vm.revertToState(state), "state restored");
    }

    /// @dev A run that has not seen all of this has proved too little.
    function afterInvariant() public view {
        vm.assertTrue(handler.entered(uint256(ICollaboration.State.Answered)) > 0, "no answer");
        uint256 settled = handler.entered(uint256(ICollaboration.State.Settled));
        vm.assertTrue(handler.confirmed() > 0, "no confirmation");
        vm.assertTrue(settled > handler.confirmed(), "nothing settled by time");
        vm.assertTrue(handler.entered(uint256(ICollaboration.State.Declined)) > 0, "nothing declined");
        vm.assertTrue(handler.entered(uint256(ICollaboration.State.Expired)) > 0, "nothing expired");
        vm.assertTrue(handler.asides() > 0, "nothing set aside");
        vm.assertTrue(handler.withdrawals() > 0, "nothing withdrawn");
        vm.assertTrue(handler.repeated() > 0, "no query twice");
        vm.assertTrue(handler.forged() > 0, "no forged agreement");
        vm.assertTrue(handler.notOffered() > 0, "nothing that is not offered");
        vm.assertTrue(handler.lockedOut() > 0, "nobody locked");
        vm.assertTrue(handler.outOfTurn() > 0, "nothing out of turn");
    }
}
