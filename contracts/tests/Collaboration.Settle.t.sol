// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {ICollaboration} from "../src/ICollaboration.sol";
import {Queries} from "./Queries.sol";

/// @dev From the answer or its absence to the end.
contract CollaborationSettleTest is Queries {
    function test_answer_paysTheServiceOnce() public {
        bytes32 query = _bonded();
        vm.warp(START + 60);
        vm.expectEmit(address(queries));
        emit ICollaboration.Answered(query, service, RESULT, START + 60 + CONFIRM);
        vm.prank(service);
        queries.answer(query, RESULT);
        _assertMoney(REWARD + FEE, 0, FEE, REWARD);
        ICollaboration.Task memory task = queries.taskOf(query);
        _assertState(query, ICollaboration.State.Answered);
        vm.assertEq(task.deadline, START + 60 + CONFIRM);
        vm.assertEq(task.result, RESULT);
        _wrongState(query, ICollaboration.State.Answered);
        vm.prank(service);
        queries.answer(query, RESULT);
    }

    function test_answer_refusesTheResultThatMeansNone() public {
        bytes32 query = _bonded();
        _expectError(ICollaboration.InvalidResult.selector);
        vm.prank(service);
        queries.answer(query, 0);
        vm.prank(service);
        queries.answer(query, bytes32(uint256(1)));
    }

    /// @dev Even to who would refuse it.
    function test_answer_forNothingPaysNothing() public {
        _offer(service, 0);
        ICollaboration.Terms memory t = _terms();
        t.fee = 0;
        _bond(t);
        token.refuse(service, true);
        vm.recordLogs();
        vm.prank(service);
        queries.answer(QUERY, RESULT);
        vm.assertEq(vm.getRecordedLogs().length, 1, "Answered, and no payment");
        _assertMoney(REWARD, 0, 0, REWARD);
    }

    function test_confirm_paysTheCollaborator() public {
        bytes32 query = _answered();
        vm.expectEmit(address(queries));
        emit ICollaboration.Settled(query, collaborator, REWARD, true);
        vm.prank(querier);
        queries.confirm(query);
        _assertEnd(query, ICollaboration.State.Settled, RESULT);
        _assertMoney(REWARD + FEE, REWARD, FEE, 0);
    }

    function test_settle_paysTheCollaboratorWhomNobodyConfirms() public {
        bytes32 query = _answered();
        _pass(query);
        vm.expectEmit(address(queries));
        emit ICollaboration.Settled(query, collaborator, REWARD, false);
        vm.prank(stranger);
        queries.settle(query);
        _assertEnd(query, ICollaboration.State.Settled, RESULT);
        _assertMoney(REWARD + FEE, REWARD, FEE, 0);
    }

    function test_decline_givesEverythingBack() public {
        bytes32 query = _bonded();
        vm.expectEmit(address(queries));
        emit ICollaboration.Declined(query, collaborator);
        vm.prank(collaborator);
        queries.decline(query);
        _assertEnd(query, ICollaboration.State.Declined, 0);
        _assertMoney(0, 0, 0, 0);
    }

    function test_expire_givesEverythingBack() public {
        bytes32 query = _bonded();
        _pass(query);
        vm.expectEmit(address(queries));
        emit ICollaboration.Expired(query, collaborator, service);
        vm.prank(stranger);
        queries.expire(query);
        _assertEnd(query, ICollaboration.State.Expired, 0);
        _assertMoney(0, 0, 0, 0);
    }

    function test_answer_andDecline_arePossibleUntilTheDeadline() public {
        bytes32 query = _bonded();
        uint64 deadline = START + ANSWER;
        vm.warp(deadline + 1);
        _tooLate(query, deadline);
        vm.prank(service);
        queries.answer(query, RESULT);
        _tooLate(query, deadline);
        vm.prank(collaborator);
        queries.decline(query);
        vm.warp(deadline);
        uint256 state = vm.snapshotState();
        vm.prank(service);
        queries.answer(query, RESULT);
        vm.revertToState(state);
        vm.prank(collaborator);
        queries.decline(query);
    }

    function test_expire_isPossibleAfterTheDeadline() public {
        bytes32 query = _bonded();
        vm.warp(START + ANSWER);
        _tooEarly(query, START + ANSWER);
        queries.expire(query);
        vm.warp(START + ANSWER + 1);
        queries.expire(query);
    }

    function test_confirm_isPossibleUntilTheDeadline() public {
        vm.warp(START + 5);
        bytes32 query = _answered();
        uint64 deadline = START + 5 + CONFIRM;
        vm.warp(deadline + 1);
        _tooLate(query, deadline);
        vm.prank(querier);
        queries.confirm(query);
        vm.warp(deadline);
        vm.prank(querier);
        queries.confirm(query);
    }

    function test_settle_isPossibleAfterTheDeadline() public {
        bytes32 query = _answered();
        vm.warp(START + CONFIRM);
        _tooEarly(query, START + CONFIRM);
        queries.settle(query);
        vm.warp(START + CONFIRM + 1);
        queries.settle(query);
    }

    /// @dev Every call, in every state but its own, before and after the state's deadline.
    function test_calls_refuseEveryOtherState() public {
        for (uint256 i = 0; i < STATES; ++i) {
            ICollaboration.State state = ICollaboration.State(i);
            uint256 snapshot = vm.snapshotState();
            bytes32 query = _in(state);
            for (uint256 late = 0; late < 2; ++late) {
                if (state != ICollaboration.State.Bonded) {
                    _wrongState(query, state);
                    vm.prank(service);
                    queries.answer(query, RESULT);
                    _wrongState(query, state);
                    vm.prank(collaborator);
                    queries.decline(query);
                    _wrongState(query, state);
                    queries.expire(query);
                }
                if (state != ICollaboration.State.Answered) {
                    _wrongState(query, state);
                    vm.prank(querier);
                    queries.confirm(query);
                    _wrongState(query, state);
                    queries.settle(query);
                }
                _assertState(query, state);
                vm.warp(block.timestamp + 365 days);
            }
            vm.revertToState(snapshot);
        }
    }

    function test_calls_refuseEveryOtherParty() public {
        bytes32 query = _bonded();
        address[4] memory parties = [querier, collaborator, service, stranger];
        for (uint256 i = 0; i < 4; ++i) {
            if (parties[i] != service) {
                _notAllowed(parties[i]);
                vm.prank(parties[i]);
                queries.answer(query, RESULT);
            }
            if (parties[i] != collaborator) {
                _notAllowed(parties[i]);
                vm.prank(parties[i]);
                queries.decline(query);
            }
        }
        vm.prank(service);
        queries.answer(query, RESULT);
        for (uint256 i = 1; i < 4; ++i) {
            _notAllowed(parties[i]);
            vm.prank(parties[i]);
            queries.confirm(query);
        }
    }

    function test_queries_doNotTouchEachOther() public {
        ICollaboration.Terms memory t = _terms();
        bytes32[4] memory ids;
        for (uint256 i = 0; i < 4; ++i) {
            ids[i] = t.query = keccak256(abi.encode(i));
            t.reward = uint128(REWARD + i);
            _bond(t);
        }
        vm.prank(service);
        queries.answer(ids[1], RESULT);
        vm.prank(collaborator);
        queries.decline(ids[2]);
        _pass(ids[0]);
        queries.expire(ids[0]);
        _pass(ids[1]);
        queries.settle(ids[1]);
        _assertState(ids[0], ICollaboration.State.Expired);
        _assertState(ids[1], ICollaboration.State.Settled);
        _assertState(ids[2], ICollaboration.State.Declined);
        _assertState(ids[3], ICollaboration.State.Bonded);
        _assertMoney(REWARD + 1 + FEE + REWARD + 3 + FEE, REWARD + 1, FEE, REWARD + 3 + FEE);
    }

    function testFuzz_everyEnd_partsEveryUnit(
        uint128 reward,
        uint128 fee,
        uint32 answerSeconds,
        uint32 confirmSeconds,
        uint256 end
    ) public {
        ICollaboration.Terms memory t = _terms();
        t.reward = uint128(_bound(reward, 1, type(uint128).max));
        t.answerSeconds = uint32(_bound(answerSeconds, 1, 2 ** 23 - 1));
        t.confirmSeconds = uint32(_bound(confirmSeconds, 1, 2 ** 23 - 1));
        t.fee = fee;
        uint256 all = uint256(t.reward) + fee;
        token.mint(querier, all);
        _offer(service, fee);
        _bond(t);
        if (end % 4 == 0) {
            vm.prank(collaborator);
            queries.decline(QUERY);
            return _assertFuzzed(FUNDS + all, 0, 0);
        }
        vm.warp(START + t.answerSeconds);
        if (end % 4 == 1) {
            _pass(QUERY);
            queries.expire(QUERY);
            return _assertFuzzed(FUNDS + all, 0, 0);
        }
        vm.prank(service);
        queries.answer(QUERY, RESULT);
        vm.assertEq(queries.taskOf(QUERY).deadline, START + uint256(t.answerSeconds) + t.confirmSeconds);
        vm.warp(START + uint256(t.answerSeconds) + t.confirmSeconds);
        if (end % 4 == 2) {
            vm.prank(querier);
            queries.confirm(QUERY);
        } else {
            _pass(QUERY);
            queries.settle(QUERY);
        }
        _assertFuzzed(FUNDS, t.reward, fee);
    }

    function _assertFuzzed(uint256 querierHas, uint256 collaboratorHas, uint256 serviceHas) private view {
        vm.assertEq(token.balanceOf(querier), querierHas, "querier");
        vm.assertEq(token.balanceOf(collaborator), collaboratorHas, "collaborator");
        vm.assertEq(token.balanceOf(service), serviceHas, "service");
        vm.assertEq(token.balanceOf(address(queries)), 0, "escrow");
    }

    function _assertEnd(bytes32 query, ICollaboration.State state, bytes32 result) private view {
        _assertState(query, state);
        vm.assertEq(queries.taskOf(query).deadline, 0, "no deadline any more");
        vm.assertEq(queries.taskOf(query).result, result);
    }
}
