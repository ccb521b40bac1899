// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {IEscrow} from "../src/IEscrow.sol";
import {IPrivacyOracle} from "../src/IPrivacyOracle.sol";
import {HostileToken} from "./HostileToken.sol";
import {Oracles} from "./Oracles.sol";
import {Wallet} from "./Wallet.sol";

/// @dev Equivocation, the release of what was reserved, and currencies and parties that misbehave.
contract PrivacyOraclePenaltyTest is Oracles {
    function test_reportEquivocation_penalisesOnce() public {
        bytes32 id = _proposed();
        (IPrivacyOracle.Vote memory yes, IPrivacyOracle.Vote memory no) = (_ballot(id, true), _ballot(id, false));
        (bytes memory signedYes, bytes memory signedNo) = (_sign(nodes[1], yes), _sign(nodes[1], no));
        uint256 state = vm.snapshotState();
        vm.expectEmit(address(oracle));
        emit IPrivacyOracle.Equivocated(id, nodes[1], yes, signedYes, no, signedNo);
        _expectPenalty(id, nodes[1], IPrivacyOracle.Offence.Equivocation);
        vm.prank(stranger);
        oracle.reportEquivocation(yes, signedYes, no, signedNo);
        _assertNode(nodes[1], STAKE - PENALTY, 0);
        vm.assertEq(oracle.setAside(requester), PENALTY);
        _expectError(IPrivacyOracle.AlreadyPenalised.selector, abi.encode(nodes[1]));
        oracle.reportEquivocation(no, signedNo, yes, signedYes);
        _notAllowed(nodes[1]);
        _handIn(id, yes, signedYes);
        vm.revertToState(state);
        oracle.reportEquivocation(no, signedNo, yes, signedYes);
        _assertNode(nodes[1], STAKE - PENALTY, 0);
    }

    function test_reportEquivocation_isPossibleUntilTheEndOfTheChallenges() public {
        bytes32 id = _proposed();
        (IPrivacyOracle.Vote memory yes, IPrivacyOracle.Vote memory no) = (_ballot(id, true), _ballot(id, false));
        _voteAll(id, 1, 3, 2);
        (bytes memory signedYes, bytes memory signedNo) = (_sign(nodes[1], yes), _sign(nodes[1], no));
        uint64 deadline = oracle.requestOf(id).deadline;
        vm.warp(deadline + 1);
        _expectError(IPrivacyOracle.TooLate.selector, abi.encode(id, deadline));
        oracle.reportEquivocation(yes, signedYes, no, signedNo);
        vm.warp(deadline);
        oracle.reportEquivocation(yes, signedYes, no, signedNo);
        _assertNode(nodes[1], STAKE - PENALTY, 0);
        vm.assertEq(oracle.setAside(nodes[1]), FEE / 2 / 2, "its fee stays");
        _release(id);
        _assertNode(nodes[1], STAKE - PENALTY, 0);
    }

    function test_reportEquivocation_isPossibleBetweenADeadlineAndTheHandOver() public {
        bytes32 id = _proposed();
        (IPrivacyOracle.Vote memory yes, IPrivacyOracle.Vote memory no) = (_ballot(id, true), _ballot(id, false));
        _pass(id);
        oracle.reportEquivocation(yes, _sign(nodes[1], yes), no, _sign(nodes[1], no));
        _assertNode(nodes[1], STAKE - PENALTY, 0);
    }

    function test_reportEquivocation_refusesWhatIsNone() public {
        bytes32 id = _proposed();
        for (uint256 i = 0; i < 5; ++i) {
            (IPrivacyOracle.Vote memory a, IPrivacyOracle.Vote memory b) = (_ballot(id, true), _ballot(id, false));
            if (i == 0) b = a;
            if (i == 1) (a, b.evidence) = (_ballot(id, false), DIGEST); // two reports on one rejection
            if (i == 2) b.attempt = 1;
            if (i == 3) b.proposalHash = DIGEST;
            if (i == 4) b.requestId = DIGEST;
            (bytes memory signedA, bytes memory signedB) = (_sign(nodes[1], a), _sign(nodes[1], b));
            _expectError(IPrivacyOracle.InvalidEquivocation.selector);
            oracle.reportEquivocation(a, signedA, b, signedB);
        }
        (IPrivacyOracle.Vote memory yes, IPrivacyOracle.Vote memory no) = (_ballot(id, true), _ballot(id, false));
        (bytes memory one, bytes memory other) = (_sign(nodes[1], yes), _sign(nodes[2], no));
        _expectError(IPrivacyOracle.InvalidEquivocation.selector);
        oracle.reportEquivocation(yes, one, no, other);
        address outsider = _newNode(STAKE);
        (one, other) = (_sign(outsider, yes), _sign(outsider, no));
        _notAllowed(outsider);
        oracle.reportEquivocation(yes, one, no, other);
    }

    function test_reportEquivocation_excludesTheSolverToo() public {
        bytes32 id = _gathered(0);
        IPrivacyOracle.Vote memory yes = _ballot(id, true);
        IPrivacyOracle.Vote memory no = _ballot(id, false);
        oracle.reportEquivocation(yes, _sign(nodes[0], yes), no, _sign(nodes[0], no));
        _notAllowed(nodes[0]);
        _propose(id, nodes[0], _model());
        _pass(id);
        oracle.handOver(id);
        _propose(id, nodes[1], _model());
        _assertNode(nodes[0], STAKE - PENALTY, 0);
        _voteAll(id, 2, 4, 2);
        _assertState(id, IPrivacyOracle.State.Finalised);
    }

    /// @dev A seat reserves one penalty, so a request costs a node no more than that.
    function test_penalties_costEachNodeOnePerRequest() public {
        bytes32 id = _gathered(1);
        address other = nodes[4];
        IPrivacyOracle.Vote memory yes = _ballot(id, true);
        IPrivacyOracle.Vote memory no = _ballot(id, false);
        oracle.reportEquivocation(yes, _sign(other, yes), no, _sign(other, no));
        _propose(id, nodes[0], _model());
        _assertNode(other, STAKE - PENALTY, 0);
        _vote(id, nodes[3], true);
        (yes, no) = (_ballot(id, true), _ballot(id, false));
        oracle.reportEquivocation(yes, _sign(nodes[3], yes), no, _sign(nodes[3], no));
        _vote(id, nodes[1], true);
        _assertState(id, IPrivacyOracle.State.Finalised);
        _assertNode(nodes[3], STAKE - PENALTY, 0);
        vm.assertEq(oracle.setAside(requester), 2 * PENALTY);
    }

    /// @dev Its vote is counted already, but it is not penalised again for being outvoted with it.
    function test_penalties_ofAnEquivocatorAreNotDoubledByItsVote() public {
        bytes32 id = _proposed();
        _vote(id, nodes[1], false);
        (IPrivacyOracle.Vote memory yes, IPrivacyOracle.Vote memory no) = (_ballot(id, true), _ballot(id, false));
        oracle.reportEquivocation(yes, _sign(nodes[1], yes), no, _sign(nodes[1], no));
        _voteAll(id, 2, 4, 2);
        _assertNode(nodes[1], STAKE - PENALTY, 0);
        vm.assertEq(oracle.setAside(requester), PENALTY);
    }

    function test_release_freesWhatWasReservedAndNotLost() public {
        bytes32 id = _proposed();
        _voteAll(id, 1, 5, 3);
        uint64 deadline = oracle.requestOf(id).deadline;
        vm.warp(deadline);
        _expectError(IPrivacyOracle.TooEarly.selector, abi.encode(id, deadline));
        oracle.release(id);
        vm.warp(deadline + 1);
        vm.expectEmit(address(oracle));
        emit IPrivacyOracle.Released(id);
        vm.prank(stranger);
        oracle.release(id);
        for (uint256 i = 0; i < NODES; ++i) {
            _assertNode(nodes[i], i == 4 ? STAKE - PENALTY : STAKE, 0);
        }
        vm.assertTrue(oracle.requestOf(id).released, "released");
        _wrongState(id, IPrivacyOracle.State.Finalised);
        oracle.release(id);
    }

    function test_release_refusesWhatIsNotOver() public {
        _wrongState(bytes32(0), IPrivacyOracle.State.None);
        oracle.release(bytes32(0));
        bytes32 id = _request();
        _pass(id);
        _wrongState(id, IPrivacyOracle.State.Gathering);
        oracle.release(id);
        id = _gathered(0);
        _pass(id);
        _wrongState(id, IPrivacyOracle.State.Solving);
        oracle.release(id);
        id = _proposed();
        _pass(id);
        _wrongState(id, IPrivacyOracle.State.Voting);
        oracle.release(id);
    }

    function test_release_bringsBusyNodesBackIntoTheDraw() public {
        bytes32 first = _finalised();
        bytes32 second = _finalised();
        _request();
        vm.assertEq(oracle.drawableNodes().length, 0);
        _pass(second);
        oracle.release(first);
        vm.assertEq(oracle.drawableNodes().length, NODES);
        oracle.release(second);
        _assertNode(nodes[0], STAKE, PENALTY);
    }

    function test_requests_withOverlappingCommitteesAreIndependent() public {
        (bytes32 first, bytes32 second) = (_gathered(1), _gathered(0));
        _propose(first, nodes[0], _model());
        _propose(second, nodes[0], _model());
        _voteAll(second, 1, 4, 0);
        _voteAll(first, 1, 3, 2);
        _assertState(first, IPrivacyOracle.State.Finalised);
        _assertState(second, IPrivacyOracle.State.Solving);
        _assertNode(nodes[0], STAKE - PENALTY, PENALTY);
        _assertNode(nodes[4], STAKE - PENALTY, PENALTY);
        _assertNode(nodes[1], STAKE, 2 * PENALTY);
        _propose(second, nodes[1], _model());
        _voteAll(second, 3, 5, 2);
        _assertState(second, IPrivacyOracle.State.Finalised);
    }

    /// @dev Nobody answers, a stranger ends it, and everybody has back what was theirs.
    function test_silence_costsNobodyAnything() public {
        bytes32 id = _request();
        _pass(id);
        oracle.handOver(id);
        _release(id);
        for (uint256 i = 0; i < NODES; ++i) {
            vm.prank(nodes[i]);
            oracle.withdrawStake(STAKE, nodes[i]);
            vm.assertEq(token.balanceOf(nodes[i]), FUNDS);
        }
        vm.prank(requester);
        oracle.withdraw(requester);
        vm.assertEq(token.balanceOf(requester), FUNDS);
        vm.assertEq(token.balanceOf(address(oracle)), 0);
    }

    function test_withdrawals_cannotBeEnteredAgain() public {
        Wallet wallet = new Wallet();
        _fund(address(wallet));
        vm.prank(address(wallet));
        oracle.register(PUBLIC_KEY, 2 * PENALTY);
        token.call(address(wallet));
        wallet.plan(address(oracle), abi.encodeCall(IPrivacyOracle.withdrawStake, (1, address(wallet))));
        wallet.plan(address(oracle), abi.encodeCall(IEscrow.withdraw, (address(wallet))));
        wallet.plan(address(oracle), abi.encodeCall(IPrivacyOracle.addStake, (1)));
        wallet.plan(address(oracle), abi.encodeCall(IPrivacyOracle.register, (PUBLIC_KEY, 1)));
        wallet.plan(address(oracle), abi.encodeCall(IPrivacyOracle.request, (_terms())));
        vm.prank(address(wallet));
        oracle.withdrawStake(PENALTY, address(wallet));
        vm.assertEq(wallet.blocked(), 5, "all five were blocked");
        _assertNode(address(wallet), PENALTY, 0);
    }

    /// @dev A decision pays nobody directly: a requester and nodes that refuse, or burn all gas, hold up nothing.
    function test_decisions_callNobody() public {
        Wallet wallet = new Wallet();
        _fund(address(wallet));
        wallet.setManner(Wallet.Manner.BurnsGas);
        token.call(address(wallet));
        for (uint256 i = 0; i < NODES; ++i) {
            token.refuse(nodes[i], true);
        }
        vm.prank(address(wallet));
        bytes32 id = oracle.request(_terms());
        for (uint256 i = 0; i < NODES; ++i) {
            _submit(id, nodes[i], i < 4 ? DIGEST : OTHER_DIGEST);
        }
        _propose(id, nodes[0], _model());
        (IPrivacyOracle.Vote[] memory votes, bytes[] memory signatures) = _batch(id, 1, 4, 3);
        oracle.vote{gas: 1_000_000}(id, votes, signatures);
        _assertState(id, IPrivacyOracle.State.Finalised);
        vm.assertEq(oracle.setAside(address(wallet)), PENALTY);
        vm.prank(address(wallet));
        oracle.withdraw(stranger);
        vm.assertEq(token.balanceOf(stranger), PENALTY);
    }

    function test_deposits_refuseTokensThatDeliverAnotherAmount() public {
        token.setManner(HostileToken.Manner.TakesAFee);
        _expectError(IEscrow.UnsupportedToken.selector);
        _request();
        _expectError(IEscrow.UnsupportedToken.selector);
        vm.prank(nodes[0]);
        oracle.addStake(PENALTY);
        _expectError(IEscrow.UnsupportedToken.selector);
        vm.prank(nodes[0]);
        oracle.register(PUBLIC_KEY, PENALTY);
        token.setManner(HostileToken.Manner.ReturnsFalse);
        vm.expectRevert();
        _request();
        vm.expectRevert();
        vm.prank(nodes[0]);
        oracle.withdrawStake(PENALTY, nodes[0]);
        token.setManner(HostileToken.Manner.ReturnsNothing);
        _request();
    }
}
