// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {IEscrow} from "../src/IEscrow.sol";
import {IPrivacyOracle} from "../src/IPrivacyOracle.sol";
import {Oracles} from "./Oracles.sol";

contract PrivacyOracleRequestTest is Oracles {
    function test_request_escrowsTheFeeAndReservesAPenaltyOfEachNode() public {
        IPrivacyOracle.Terms memory terms = _terms();
        uint64 gatherBy = uint64(block.timestamp + GATHER);
        uint64 endsAt = uint64(gatherBy + NODES * (SOLVE + VOTE));
        uint256 state = vm.snapshotState();
        bytes32 id = _request();
        address[] memory committee = oracle.committeeOf(id);
        vm.revertToState(state);
        vm.expectEmit(address(oracle));
        emit IPrivacyOracle.Requested(id, requester, terms, committee, gatherBy, endsAt);
        vm.assertEq(_request(terms), id);

        vm.assertEq(token.balanceOf(address(oracle)), NODES * STAKE + FEE);
        for (uint256 i = 0; i < NODES; ++i) {
            _assertNode(nodes[i], STAKE, PENALTY);
        }
        IPrivacyOracle.Status memory s = oracle.requestOf(id);
        vm.assertEq(uint256(s.state), uint256(IPrivacyOracle.State.Gathering));
        vm.assertEq(s.requester, requester);
        vm.assertEq(s.fee, FEE);
        vm.assertEq(s.committee, 5);
        vm.assertEq(s.threshold, 3);
        vm.assertEq(s.deadline, gatherBy);
        vm.assertEq(s.endsAt, endsAt);
        vm.assertEq(s.solver, address(0));
        vm.assertEq(uint256(s.submitted) + s.attempt + s.accepts + s.rejects, 0);
        vm.assertTrue(s.profileDigest == 0 && s.proposalHash == 0 && !s.released, "nothing yet");
    }

    function test_request_refusesInvalidTerms() public {
        for (uint256 i = 0; i < 15; ++i) {
            IPrivacyOracle.Terms memory t = _terms();
            if (i == 0) t.document = 0;
            if (i == 1) t.fee = 0;
            if (i == 2) (t.committee, t.threshold) = (2, 2);
            if (i == 3) (t.committee, t.threshold) = (16, 9);
            if (i == 4) t.threshold = 2;
            if (i == 5) t.threshold = 6;
            if (i == 6) (t.committee, t.threshold) = (4, 2);
            if (i == 7) t.gatherSeconds = 0;
            if (i == 8) t.solveSeconds = 0;
            if (i == 9) t.voteSeconds = 0;
            if (i == 10) t.validity = 0;
            if (i == 11) t.gatherSeconds = 2 ** 23;
            if (i == 12) t.solveSeconds = 2 ** 23;
            if (i == 13) t.voteSeconds = 2 ** 23;
            if (i == 14) t.threshold = 0;
            _expectError(IPrivacyOracle.InvalidTerms.selector);
            _request(t);
        }
    }

    function test_request_takesTheLongestWindows() public {
        IPrivacyOracle.Terms memory t = _terms();
        (t.gatherSeconds, t.solveSeconds, t.voteSeconds) = (2 ** 23 - 1, 2 ** 23 - 1, 2 ** 23 - 1);
        t.validity = type(uint32).max;
        bytes32 id = _request(t);
        vm.assertEq(oracle.requestOf(id).endsAt, block.timestamp + 11 * (2 ** 23 - 1));
        for (uint256 i = 0; i < NODES; ++i) {
            _submit(id, nodes[i], DIGEST);
        }
        IPrivacyOracle.Proposal memory p = _model();
        p.expiresAt = uint64(block.timestamp + 2 * (2 ** 23 - 1) + uint256(type(uint32).max));
        _propose(id, nodes[0], p);
        vm.assertEq(oracle.requestOf(id).deadline, block.timestamp + 2 ** 23 - 1);
    }

    function test_request_refusesAGroupKeyOffTheCurve() public {
        IPrivacyOracle.Terms memory t = _terms();
        t.groupKey[1] ^= 0x01;
        _expectError(IPrivacyOracle.InvalidPublicKey.selector);
        _request(t);
    }

    function test_request_refusesMoreNodesThanThereAre() public {
        IPrivacyOracle.Terms memory t = _terms();
        (t.committee, t.threshold) = (6, 4);
        _expectError(IPrivacyOracle.NotEnoughNodes.selector, abi.encode(5));
        _request(t);
    }

    function test_request_drawsEveryNodeWhenTheCommitteeIsAll() public {
        while (nodes.length < 15) {
            _newNode(PENALTY);
        }
        IPrivacyOracle.Terms memory t = _terms();
        (t.committee, t.threshold) = (15, 15);
        bytes32 id = _request(t);
        _assertDistinct(oracle.committeeOf(id));
        for (uint256 i = 0; i < 15; ++i) {
            _submit(id, nodes[i], DIGEST);
        }
        _propose(id, nodes[0], _model());
        _voteAll(id, 1, 14, 13);
        _assertState(id, IPrivacyOracle.State.Voting);
        _voteAll(id, 14, 15, 1);
        _assertState(id, IPrivacyOracle.State.Finalised);
    }

    /// @dev Expected 60 times each; the bounds are five standard deviations (7) away.
    function test_request_drawsEveryNodeAboutEquallyOften() public {
        while (nodes.length < 20) {
            _newNode(STAKE);
        }
        IPrivacyOracle.Terms memory t = _terms();
        (t.committee, t.threshold) = (3, 2);
        uint256[] memory times = new uint256[](nodes.length);
        for (uint256 draw = 0; draw < 400; ++draw) {
            uint256 state = vm.snapshotState();
            vm.prevrandao(keccak256(abi.encode(draw)));
            address[] memory committee = oracle.committeeOf(_request(t));
            vm.revertToState(state);
            _assertDistinct(committee);
            for (uint256 i = 0; i < nodes.length; ++i) {
                for (uint256 k = 0; k < 3; ++k) {
                    if (committee[k] == nodes[i]) ++times[i];
                }
            }
        }
        for (uint256 i = 0; i < nodes.length; ++i) {
            vm.assertTrue(times[i] > 25 && times[i] < 95, "drawn too seldom or too often");
        }
    }

    function test_request_drawsOnlyNodesWithFreeStake() public {
        for (uint256 i = 0; i < 3; ++i) {
            _request();
        }
        for (uint256 i = 0; i < NODES; ++i) {
            _assertNode(nodes[i], STAKE, STAKE);
        }
        _expectError(IPrivacyOracle.NotEnoughNodes.selector, abi.encode(0));
        _request();
    }

    /// @dev What was signed for a request must be worth nothing for another that a reorganisation put into its place.
    function test_request_hasAnIdOfItsOwn() public {
        uint256 state = vm.snapshotState();
        bytes32 id = _request();
        vm.assertTrue(_request() != id, "the same terms again");
        vm.revertToState(state);
        vm.prevrandao(keccak256("another block"));
        vm.assertTrue(_request() != id, "in another block");
        vm.revertToState(state);
        vm.roll(2);
        vm.setBlockhash(1, keccak256("a parent"));
        bytes32 child = _request();
        vm.revertToState(state);
        vm.roll(2);
        vm.setBlockhash(1, keccak256("another parent"));
        vm.assertTrue(_request() != child, "after another block");
        vm.revertToState(state);
        vm.prank(nodes[0]);
        bytes32 other = oracle.request(_terms());
        vm.assertTrue(other != id, "by another requester");
        vm.revertToState(state);
        IPrivacyOracle.Terms memory t = _terms();
        t.document = keccak256("other terms");
        vm.assertTrue(_request(t) != id, "of other terms");
        vm.revertToState(state);
        vm.chainId(2);
        vm.assertTrue(_request() != id, "on another chain");
        vm.revertToState(state);
        vm.prank(nodes[0]);
        oracle.retire();
        _newNode(STAKE);
        vm.assertTrue(_request() != id, "of another committee");
        vm.revertToState(state);
        vm.assertEq(_request(), id);
        vm.revertToState(state);
        _openOracle(token);
        _fund(requester);
        for (uint256 i = 0; i < NODES; ++i) {
            _fund(nodes[i]);
            vm.prank(nodes[i]);
            oracle.register(PUBLIC_KEY, STAKE);
        }
        vm.assertTrue(_request() != id, "in another contract");
    }

    function test_submitProfiles_setsTheOrderOfSolving() public {
        bytes32 id = _request();
        for (uint256 i = 0; i < NODES; ++i) {
            address node = nodes[NODES - 1 - i];
            vm.expectEmit(address(oracle));
            emit IPrivacyOracle.ProfilesSubmitted(id, node, i, _mark(id, node, DIGEST));
            if (i == NODES - 1) {
                vm.expectEmit(address(oracle));
                emit IPrivacyOracle.AttemptStarted(id, 0, nodes[NODES - 1], uint64(block.timestamp + SOLVE));
            }
            _submit(id, node, DIGEST);
            vm.assertEq(oracle.committeeOf(id)[i], node);
            vm.assertTrue(oracle.memberOf(id, node).mark == bytes24(_mark(id, node, DIGEST)), "mark");
        }
        _assertDistinct(oracle.committeeOf(id));
        IPrivacyOracle.Status memory s = oracle.requestOf(id);
        vm.assertEq(uint256(s.state), uint256(IPrivacyOracle.State.Solving));
        vm.assertEq(s.solver, nodes[NODES - 1]);
        vm.assertEq(s.deadline, block.timestamp + SOLVE);
        vm.assertEq(s.submitted, NODES);
    }

    function test_submitProfiles_isForTheCommitteeOnce() public {
        bytes32 id = _request();
        _newNode(STAKE);
        _notAllowed(nodes[5]);
        _submit(id, nodes[5], DIGEST);
        _notAllowed(stranger);
        _submit(id, stranger, DIGEST);
        _submit(id, nodes[0], DIGEST);
        _expectError(IPrivacyOracle.AlreadySubmitted.selector, abi.encode(nodes[0]));
        _submit(id, nodes[0], OTHER_DIGEST);
        _expectError(IPrivacyOracle.InvalidMark.selector);
        vm.prank(nodes[1]);
        oracle.submitProfiles(id, bytes32(uint256(1)));
    }

    function test_submitProfiles_endsWithItsDeadline() public {
        bytes32 id = _request();
        uint64 deadline = oracle.requestOf(id).deadline;
        vm.warp(deadline);
        _submit(id, nodes[0], DIGEST);
        vm.warp(deadline + 1);
        _expectError(IPrivacyOracle.TooLate.selector, abi.encode(id, deadline));
        _submit(id, nodes[1], DIGEST);
        _wrongState(bytes32(0), IPrivacyOracle.State.None);
        _submit(bytes32(0), nodes[1], DIGEST);
        id = _gathered(0);
        _wrongState(id, IPrivacyOracle.State.Solving);
        _submit(id, nodes[1], DIGEST);
    }

    function test_handOver_expiresARequestWithTooFewProfiles() public {
        bytes32 id = _request();
        _submit(id, nodes[0], DIGEST);
        _submit(id, nodes[1], DIGEST);
        uint64 deadline = oracle.requestOf(id).deadline;
        vm.warp(deadline);
        _expectError(IPrivacyOracle.TooEarly.selector, abi.encode(id, deadline));
        oracle.handOver(id);
        vm.warp(deadline + 1);
        for (uint256 i = 2; i < NODES; ++i) {
            vm.expectEmit(address(oracle));
            emit IPrivacyOracle.NodeSilent(id, oracle.committeeOf(id)[i]);
        }
        vm.expectEmit(address(oracle));
        emit IPrivacyOracle.RequestExpired(id, IPrivacyOracle.ExpiryReason.TooFewProfiles);
        vm.expectEmit(address(oracle));
        emit IEscrow.SetAside(requester, FEE);
        vm.prank(stranger);
        oracle.handOver(id);
        _assertState(id, IPrivacyOracle.State.Expired);
        vm.assertEq(oracle.requestOf(id).deadline, block.timestamp + CHALLENGE);
        vm.assertEq(oracle.requestOf(id).solver, address(0));
        _wrongState(id, IPrivacyOracle.State.Expired);
        oracle.handOver(id);
        _wrongState(bytes32(0), IPrivacyOracle.State.None);
        oracle.handOver(bytes32(0));
        vm.prank(requester);
        vm.assertEq(oracle.withdraw(requester), FEE);
    }

    function test_handOver_retiresWhoWasSilentAndNobodyElse() public {
        bytes32 id = _request();
        _submit(id, nodes[3], DIGEST);
        _pass(id);
        oracle.handOver(id);
        for (uint256 i = 0; i < NODES; ++i) {
            (uint256 stake, uint256 reserved, bool active, bool drawable) = oracle.nodeOf(nodes[i]);
            vm.assertEq(stake, STAKE, "silence costs no stake");
            vm.assertEq(reserved, PENALTY);
            vm.assertTrue(active == (i == 3) && drawable == (i == 3), "retired");
        }
        _release(id);
        vm.assertEq(oracle.drawableNodes().length, 1, "retired until they return");
        for (uint256 i = 0; i < NODES; ++i) {
            vm.prank(nodes[i]);
            oracle.resume();
            _assertNode(nodes[i], STAKE, 0);
        }
        _request();
    }

    function test_gathering_endsByItsDeadlineWithEnoughProfiles() public {
        bytes32 id = _request();
        for (uint256 i = 0; i < 3; ++i) {
            _submit(id, nodes[i], DIGEST);
        }
        uint64 deadline = oracle.requestOf(id).deadline;
        vm.assertEq(oracle.requestOf(id).solver, address(0));
        vm.warp(deadline + 1);
        IPrivacyOracle.Status memory s = oracle.requestOf(id);
        vm.assertEq(uint256(s.state), uint256(IPrivacyOracle.State.Solving));
        vm.assertEq(s.solver, nodes[0]);
        vm.assertEq(s.deadline, deadline + SOLVE);
        vm.warp(deadline + SOLVE);
        vm.expectEmit(address(oracle));
        emit IPrivacyOracle.AttemptStarted(id, 0, nodes[0], deadline + SOLVE);
        _propose(id, nodes[0], _model());
        _assertState(id, IPrivacyOracle.State.Voting);
    }

    function test_gathering_thatNobodyEndedIsHandedOverAfterTheFirstSolversTime() public {
        bytes32 id = _request();
        for (uint256 i = 0; i < 3; ++i) {
            _submit(id, nodes[i], DIGEST);
        }
        uint64 deadline = oracle.requestOf(id).deadline;
        vm.warp(deadline + SOLVE);
        _expectError(IPrivacyOracle.TooEarly.selector, abi.encode(id, deadline + SOLVE));
        oracle.handOver(id);
        vm.warp(deadline + SOLVE + 1);
        _expectError(IPrivacyOracle.TooLate.selector, abi.encode(id, deadline + SOLVE));
        _propose(id, nodes[0], _model());
        oracle.handOver(id);
        vm.assertEq(oracle.requestOf(id).solver, nodes[1]);
        vm.assertEq(oracle.requestOf(id).deadline, block.timestamp + SOLVE);
    }

    /// @dev A node that is silent in round 1 has no turn as a solver.
    function test_gathering_withSilentNodesLeavesOnlyTheOthersToSolve() public {
        bytes32 id = _request();
        for (uint256 i = 0; i < 3; ++i) {
            _submit(id, nodes[i], DIGEST);
        }
        _pass(id);
        for (uint256 i = 0; i < 3; ++i) {
            vm.assertEq(oracle.requestOf(id).solver, nodes[i]);
            _pass(id);
            oracle.handOver(id);
        }
        _assertState(id, IPrivacyOracle.State.Expired);
        for (uint256 i = 0; i < NODES; ++i) {
            vm.assertTrue(_isDrawable(nodes[i]) == (i < 3), "the silent ones are retired");
        }
    }

    function _assertDistinct(address[] memory committee) private pure {
        for (uint256 i = 0; i < committee.length; ++i) {
            vm.assertTrue(committee[i] != address(0), "a seat is empty");
            for (uint256 k = 0; k < i; ++k) {
                vm.assertTrue(committee[i] != committee[k], "drawn twice");
            }
        }
    }
}
