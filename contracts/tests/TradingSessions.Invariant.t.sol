// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {ITradingSessions} from "../src/ITradingSessions.sol";
import {HostileToken} from "./HostileToken.sol";
import {Views} from "./Sessions.sol";
import {SessionsHandler} from "./SessionsHandler.sol";
import {Test} from "./Test.sol";

/// @dev What holds after every step of sessions in which anybody may do anything.
contract TradingSessionsInvariantTest is Test {
    struct FuzzSelector {
        address addr;
        bytes4[] selectors;
    }

    SessionsHandler private handler;
    ITradingSessions private sessions;
    HostileToken private token;

    function setUp() public {
        handler = new SessionsHandler();
        (sessions, token) = handler.market();
    }

    function targetContracts() external view returns (address[] memory targets) {
        targets = new address[](1);
        targets[0] = address(handler);
    }

    /// @dev Most of the steps lead sessions on.
    function targetSelectors() external view returns (FuzzSelector[] memory targets) {
        targets = new FuzzSelector[](1);
        bytes4[] memory selectors = new bytes4[](13);
        for (uint256 i = 0; i < 9; ++i) {
            selectors[i] = handler.advance.selector;
        }
        selectors[9] = handler.disturb.selector;
        selectors[10] = handler.disturb.selector;
        selectors[11] = handler.refuse.selector;
        selectors[12] = handler.wait.selector;
        targets[0] = FuzzSelector(address(handler), selectors);
    }

    /// @dev The escrow is what is owed, to the unit; every party has exactly what the rules gave it, so nobody is paid
    /// twice and nobody is forgotten; no unit appears or vanishes; and an ended session stays ended.
    function invariant_everyUnit_isWhereItBelongs() public view {
        (uint256 numberOfSessions, uint256 numberOfParties) = handler.count();
        uint256 escrow = token.balanceOf(address(sessions));
        uint256 sum = escrow;
        uint256 owed;
        for (uint256 i = 0; i < numberOfParties; ++i) {
            address party = handler.parties(i);
            (uint256 held, uint256 kept) = (token.balanceOf(party), sessions.setAside(party));
            vm.assertEq(held + kept, handler.due(party), "a party's due");
            sum += held;
            owed += kept;
        }
        for (uint256 i = 0; i < numberOfSessions; ++i) {
            bytes32 id = handler.ids(i);
            owed += handler.owed(id);
            vm.assertTrue(
                (Views.session(sessions, id).state == ITradingSessions.State.Closed) == handler.ended(id),
                "an end unseen"
            );
        }
        vm.assertEq(escrow, owed, "escrow");
        vm.assertEq(sum, token.totalSupply(), "total");
        vm.assertEq(handler.disagreements(), 0, "ended or paid twice");
    }

    /// @dev From wherever the sessions are, time alone lets a stranger end every one, even while the token refuses
    /// everybody; then every provider has its deposit by its own claim, and withdrawals empty the escrow.
    function invariant_everyLock_canEnd() public {
        uint256 state = vm.snapshotState();
        (uint256 numberOfSessions, uint256 numberOfParties) = handler.count();
        for (uint256 i = 0; i < numberOfParties; ++i) {
            token.refuse(handler.parties(i), true);
        }
        for (uint256 i = 0; i < numberOfSessions; ++i) {
            bytes32 id = handler.ids(i);
            ITradingSessions.Session memory s = Views.session(sessions, id);
            if (s.state == ITradingSessions.State.Closed) continue;
            if (block.timestamp <= s.deadline) vm.warp(s.deadline + 1);
            sessions.close(handler.termsOf(id));
        }
        for (uint256 i = 0; i < numberOfParties; ++i) {
            address party = handler.parties(i);
            for (uint256 j = 0; j < numberOfSessions; ++j) {
                bytes32 id = handler.ids(j);
                if (Views.provider(sessions, id, party).status == ITradingSessions.Status.None) continue;
                ITradingSessions.Terms memory terms = handler.termsOf(id);
                vm.prank(party);
                sessions.claimDeposit(terms);
            }
            token.refuse(party, false);
            if (sessions.setAside(party) == 0) continue;
            vm.prank(party);
            sessions.withdraw();
        }
        vm.assertEq(token.balanceOf(address(sessions)), 0, "escrow after every end");
        vm.assertTrue(vm.revertToState(state), "state restored");
    }

    /// @dev A run that did not reach every state and ending would have proved nothing about it.
    function afterInvariant() public view {
        for (uint256 i = 0; i < 6; ++i) {
            if (i > 0 && i < 5) vm.assertTrue(handler.reached(i) > 0, "a state was never reached");
            vm.assertTrue(handler.outcomes(i) > 0, "an ending was never reached");
        }
        vm.assertTrue(handler.setAsides() > 0, "nothing was ever set aside");
    }
}
