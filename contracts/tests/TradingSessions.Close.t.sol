// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {ITradingSessions} from "../src/ITradingSessions.sol";
import {HostileToken, IPaid} from "./HostileToken.sol";
import {Sessions, Views} from "./Sessions.sol";

/// @dev Takes its deposit again and again while it is being paid.
contract GreedyProvider is IPaid {
    bytes private _again;
    address private _sessions;
    bytes4 public refusal;

    function act(address to, bytes calldata data) external {
        (bool done,) = to.call(data);
        require(done, "act");
    }

    function plan(address sessions, bytes calldata again) external {
        (_sessions, _again) = (sessions, again);
    }

    function paid() external {
        (, bytes memory result) = _sessions.call(_again);
        refusal = bytes4(result);
    }
}

/// @dev Ends without a trade: time-outs, penalties, compensation, deposits; and tokens that misbehave.
contract TradingSessionsCloseTest is Sessions {
    function test_close_whilePending_byTheCollector_givesTheRewardBack() public {
        bytes32 id = _submitted();
        _closed(id, collector, ITradingSessions.Outcome.Abandoned, REWARD, 0);
        vm.assertEq(token.balanceOf(collector), FUNDS);
        vm.assertEq(token.balanceOf(address(sessions)), 2 * DEPOSIT);
    }

    function test_close_whilePending_byAnybodyElse_onlyAfterExpiry() public {
        bytes32 id = _submitted();
        uint256 expiry = t[id].expiry;
        vm.warp(expiry);
        _tooEarly(expiry);
        vm.prank(alice);
        sessions.close(t[id]);
        vm.warp(expiry + 1);
        _closed(id, stranger, ITradingSessions.Outcome.Abandoned, REWARD, 0);
        vm.assertEq(token.balanceOf(collector), FUNDS);
    }

    /// @dev Until its deadline the candidate may still show its sample; not even the collector can close before.
    function test_close_withoutAReview_takesTheDeposit_afterTheDeadlineOnly() public {
        bytes32 id = _reviewing();
        uint256 deadline = Views.session(sessions, id).deadline;
        vm.warp(deadline);
        _tooEarly(deadline);
        vm.prank(collector);
        sessions.close(t[id]);
        vm.warp(deadline + 1);
        _closed(id, stranger, ITradingSessions.Outcome.ReviewMissing, REWARD + DEPOSIT, 0);
        vm.assertEq(token.balanceOf(collector), FUNDS + DEPOSIT);
        vm.assertEq(token.balanceOf(alice), FUNDS - DEPOSIT);
        _assertStatus(id, alice, ITradingSessions.Status.None);
    }

    function test_close_afterAReview_byTheCollector_paysTheCompensation() public {
        bytes32 id = _shown();
        _closed(id, collector, ITradingSessions.Outcome.WalkedAway, REWARD - COMPENSATION, DEPOSIT + COMPENSATION);
        vm.assertEq(token.balanceOf(collector), FUNDS - COMPENSATION);
        vm.assertEq(token.balanceOf(alice), FUNDS + COMPENSATION);
    }

    function test_close_afterAReview_byAnybody_paysTheCompensation_onceTheCollectorIsTooLate() public {
        bytes32 id = _shown();
        uint256 deadline = Views.session(sessions, id).deadline;
        vm.warp(deadline);
        _tooEarly(deadline);
        vm.prank(alice);
        sessions.close(t[id]);
        vm.warp(deadline + 1);
        _closed(id, alice, ITradingSessions.Outcome.WalkedAway, REWARD - COMPENSATION, DEPOSIT + COMPENSATION);
        vm.assertEq(token.balanceOf(alice), FUNDS + COMPENSATION);
    }

    /// @dev The session goes on without the condemned, with the reward still there, to a second candidate and a trade.
    function test_close_byTheArbiter_condemnsTheReview_andAnotherCandidateCanFollow() public {
        bytes32 id = _submitted();
        _sample(id, bob);
        _features(id, bob);
        vm.prank(collector);
        sessions.setCandidate(t[id], alice);
        _review(id, alice);
        _condemned(id);
        ITradingSessions.Session memory s = Views.session(sessions, id);
        vm.assertEq(s.candidate, address(0));
        vm.assertEq(s.deadline, t[id].expiry);
        vm.assertEq(token.balanceOf(collector), FUNDS - REWARD + DEPOSIT);
        vm.assertEq(token.balanceOf(alice), FUNDS - DEPOSIT);
        vm.assertEq(token.balanceOf(address(sessions)), REWARD + DEPOSIT);
        _wrongStatus(ITradingSessions.Status.None);
        _deposit(id, alice);

        vm.prank(collector);
        sessions.setCandidate(t[id], bob);
        _review(id, bob);
        vm.prank(collector);
        sessions.setOptimal(t[id], bob);
        _claim(id, bob);
        vm.assertEq(token.balanceOf(bob), FUNDS + REWARD);
        vm.assertEq(token.balanceOf(address(sessions)), 0);
    }

    function test_close_afterACondemnation_givesTheRewardBack_whenNobodyFollows() public {
        bytes32 id = _submitted();
        vm.warp(t[id].expiry);
        vm.prank(collector);
        sessions.setCandidate(t[id], alice);
        _review(id, alice);
        vm.warp(t[id].expiry + 1);
        _condemned(id);
        _tooLate(id);
        vm.prank(collector);
        sessions.setCandidate(t[id], bob);
        _closed(id, stranger, ITradingSessions.Outcome.Abandoned, REWARD, 0);
        vm.assertEq(token.balanceOf(collector), FUNDS + DEPOSIT);
    }

    /// @dev The arbiter's power ends where there is no review before it, or a winner may claim.
    function test_close_byTheArbiter_condemnsNothingButAReview() public {
        bytes32 id = _submitted();
        _tooEarly(Views.session(sessions, id).deadline);
        vm.prank(arbiter);
        sessions.close(t[id]);
        vm.warp(block.timestamp + 1);
        id = _submitted();
        vm.prank(collector);
        sessions.setCandidate(t[id], alice);
        _tooEarly(Views.session(sessions, id).deadline);
        vm.prank(arbiter);
        sessions.close(t[id]);
        _review(id, alice);
        vm.prank(collector);
        sessions.setOptimal(t[id], alice);
        _tooEarly(Views.session(sessions, id).deadline);
        vm.prank(arbiter);
        sessions.close(t[id]);
    }

    /// @dev Nobody, the collector least of all, can take the reward back while the winner may claim it.
    function test_close_withoutAClaim_takesTheDeposit_afterTheDeadlineOnly() public {
        bytes32 id = _reviewed();
        uint256 deadline = Views.session(sessions, id).deadline;
        vm.warp(deadline);
        _tooEarly(deadline);
        vm.prank(collector);
        sessions.close(t[id]);
        vm.warp(deadline + 1);
        _closed(id, stranger, ITradingSessions.Outcome.ClaimMissing, REWARD + DEPOSIT, 0);
        vm.assertEq(token.balanceOf(collector), FUNDS + DEPOSIT);
        vm.assertEq(token.balanceOf(alice), FUNDS - DEPOSIT);
    }

    function test_close_refusesAnUnknownOrEndedSession() public {
        _wrongState(ITradingSessions.State.None);
        sessions.close(t[0]);
        bytes32 id = _reviewed();
        _claim(id, alice);
        vm.warp(block.timestamp + 365 days);
        _wrongState(ITradingSessions.State.Closed);
        vm.prank(collector);
        sessions.close(t[id]);
    }

    function test_claimDeposit_waitsForExpiryOrTheEnd() public {
        bytes32 id = _submitted();
        uint256 expiry = t[id].expiry;
        vm.warp(expiry);
        _tooEarly(expiry);
        _deposit(id, bob);
        uint256 state = vm.snapshotState();
        vm.warp(expiry + 1);
        _deposit(id, bob);
        vm.assertEq(token.balanceOf(bob), FUNDS);
        vm.assertTrue(vm.revertToState(state), "state restored");
        vm.prank(collector);
        sessions.close(t[id]);
        vm.expectEmit(address(sessions));
        emit ITradingSessions.DepositClaimed(id, bob, DEPOSIT);
        _deposit(id, bob);
        vm.assertEq(token.balanceOf(bob), FUNDS);
    }

    function test_claimDeposit_onlyOnce_andOnlyByAProvider() public {
        bytes32 id = _submitted();
        vm.prank(collector);
        sessions.close(t[id]);
        _deposit(id, alice);
        _wrongStatus(ITradingSessions.Status.None);
        _deposit(id, alice);
        _wrongStatus(ITradingSessions.Status.None);
        _deposit(id, stranger);
    }

    /// @dev The losers need not wait for the exchange.
    function test_claimDeposit_afterExpiry_isOpenToTheLosersWhileTheExchangeGoesOn() public {
        bytes32 id = _submitted();
        vm.warp(t[id].expiry);
        vm.prank(collector);
        sessions.setCandidate(t[id], alice);
        vm.warp(block.timestamp + 1);
        _deposit(id, bob);
        vm.assertEq(token.balanceOf(bob), FUNDS);
    }

    /// @dev A candidate that took its deposit out before the end could not lose it.
    function test_claimDeposit_isClosedToTheCandidate_whileTheExchangeGoesOn() public {
        bytes32 id = _submitted();
        vm.warp(t[id].expiry);
        vm.prank(collector);
        sessions.setCandidate(t[id], alice);
        vm.warp(block.timestamp + 1);
        _notAllowed(alice);
        _deposit(id, alice);
        _review(id, alice);
        _notAllowed(alice);
        _deposit(id, alice);
        vm.prank(collector);
        sessions.setOptimal(t[id], alice);
        _notAllowed(alice);
        _deposit(id, alice);
    }

    function test_claimDeposit_givesTheCandidateNothingMore_howeverTheSessionEnded() public {
        bytes32[4] memory ids;
        ids[0] = _reviewing();
        _afterDeadline(ids[0]);
        sessions.close(t[ids[0]]);
        ids[1] = _shown();
        vm.prank(collector);
        sessions.close(t[ids[1]]);
        vm.warp(block.timestamp + 1);
        ids[2] = _reviewed();
        _afterDeadline(ids[2]);
        sessions.close(t[ids[2]]);
        ids[3] = _reviewed();
        _claim(ids[3], alice);
        for (uint256 i = 0; i < 4; ++i) {
            _wrongStatus(ITradingSessions.Status.None);
            _deposit(ids[i], alice);
        }
    }

    function test_aPaymentThatTheTokenRefuses_isSetAside_andHoldsNobodyUp() public {
        bytes32 id = _shown();
        token.refuse(alice, true);
        vm.expectEmit(address(sessions));
        emit ITradingSessions.SetAside(alice, DEPOSIT + COMPENSATION);
        vm.prank(collector);
        sessions.close(t[id]);
        vm.assertEq(token.balanceOf(collector), FUNDS - COMPENSATION);
        vm.assertEq(sessions.setAside(alice), DEPOSIT + COMPENSATION);

        token.refuse(alice, false);
        vm.expectEmit(address(sessions));
        emit ITradingSessions.Withdrawn(alice, DEPOSIT + COMPENSATION);
        vm.prank(alice);
        sessions.withdraw();
        vm.assertEq(token.balanceOf(alice), FUNDS + COMPENSATION);
        vm.prank(alice);
        sessions.withdraw();
        vm.assertEq(token.balanceOf(alice), FUNDS + COMPENSATION);
    }

    function test_withdraw_whileTheTokenStillRefuses_losesNothing() public {
        bytes32 id = _shown();
        token.refuse(alice, true);
        vm.prank(collector);
        sessions.close(t[id]);
        vm.prank(alice);
        sessions.withdraw();
        vm.assertEq(sessions.setAside(alice), DEPOSIT + COMPENSATION);
    }

    function test_createSession_refusesATokenThatTakesAFee() public {
        token.setManner(HostileToken.Manner.TakesAFee);
        _expectError(ITradingSessions.PaymentFailed.selector);
        _created();
    }

    function test_register_refusesATokenThatTakesAFee() public {
        bytes32 id = _created();
        token.setManner(HostileToken.Manner.TakesAFee);
        _expectError(ITradingSessions.PaymentFailed.selector);
        vm.prank(alice);
        sessions.register(t[id], SHARDS, 0);
    }

    function test_createSession_refusesATokenThatSaysNo() public {
        token.setManner(HostileToken.Manner.ReturnsFalse);
        _expectError(ITradingSessions.PaymentFailed.selector);
        _created();
    }

    function test_aTokenThatAnswersNothing_works() public {
        token.setManner(HostileToken.Manner.ReturnsNothing);
        bytes32 id = _reviewed();
        _claim(id, alice);
        vm.assertEq(token.balanceOf(alice), FUNDS + REWARD);
    }

    function test_claimDeposit_cannotBeEnteredAgainWhileItPays() public {
        (bytes32 id, GreedyProvider greedy) = _greedy();
        greedy.plan(address(sessions), abi.encodeCall(sessions.claimDeposit, (t[id])));
        greedy.act(address(sessions), abi.encodeCall(sessions.claimDeposit, (t[id])));
        vm.assertEq(greedy.refusal(), ITradingSessions.WrongStatus.selector);
        vm.assertEq(token.balanceOf(address(greedy)), DEPOSIT);
        vm.assertEq(token.balanceOf(address(sessions)), REWARD);
    }

    function test_aPayment_cannotStartAnotherOne() public {
        (bytes32 id, GreedyProvider greedy) = _greedy();
        greedy.plan(address(sessions), abi.encodeCall(sessions.close, (t[id])));
        greedy.act(address(sessions), abi.encodeCall(sessions.claimDeposit, (t[id])));
        vm.assertEq(greedy.refusal(), ITradingSessions.Reentered.selector);
        _assertState(id, ITradingSessions.State.Pending);
    }

    /// @dev Two sessions at once: one's end leaves the other's money alone.
    function test_sessions_doNotShareTheirMoney() public {
        bytes32 first = _reviewed();
        vm.warp(block.timestamp + 1);
        bytes32 second = _reviewed();
        _claim(first, alice);
        vm.assertEq(token.balanceOf(address(sessions)), REWARD + 3 * DEPOSIT);
        _afterDeadline(second);
        sessions.close(t[second]);
        vm.assertEq(token.balanceOf(address(sessions)), 2 * DEPOSIT);
    }

    function _closed(bytes32 id, address by, ITradingSessions.Outcome outcome, uint256 toCollector, uint256 toCandidate)
        private
    {
        address candidate = Views.session(sessions, id).candidate;
        vm.expectEmit(address(sessions));
        emit ITradingSessions.Settled(id, collector, candidate, outcome, toCollector, toCandidate);
        vm.prank(by);
        sessions.close(t[id]);
        _assertState(id, ITradingSessions.State.Closed);
    }

    function _condemned(bytes32 id) private {
        vm.expectEmit(address(sessions));
        emit ITradingSessions.Settled(id, collector, alice, ITradingSessions.Outcome.Condemned, DEPOSIT, 0);
        vm.prank(arbiter);
        sessions.close(t[id]);
        _assertState(id, ITradingSessions.State.Pending);
        _assertStatus(id, alice, ITradingSessions.Status.None);
    }

    /// @dev A provider that is called when it is paid, in a session that has expired.
    function _greedy() private returns (bytes32 id, GreedyProvider greedy) {
        id = _created();
        greedy = new GreedyProvider();
        token.mint(address(greedy), DEPOSIT);
        greedy.act(address(token), abi.encodeCall(token.approve, (address(sessions), DEPOSIT)));
        greedy.act(address(sessions), abi.encodeCall(sessions.register, (t[id], SHARDS, 0)));
        token.call(address(greedy));
        _afterDeadline(id);
    }

    function _deposit(bytes32 id, address who) private {
        vm.prank(who);
        sessions.claimDeposit(t[id]);
    }
}
