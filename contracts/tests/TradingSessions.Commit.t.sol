// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {ITradingSessions} from "../src/ITradingSessions.sol";
import {Sessions, Views} from "./Sessions.sol";
import {Shards} from "./Shards.sol";
import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";

/// @dev Up to the features: createSession, register, sampleData, submitFeatures.
contract TradingSessionsCommitTest is Sessions {
    function test_constructor_refusesAnAddressWithoutCode() public {
        _expectError(ITradingSessions.UnsupportedToken.selector);
        this.deploy(IERC20(stranger));
    }

    function test_token_isTheOneOfDeployment() public view {
        vm.assertEq(sessions.token(), address(token));
    }

    function test_createSession_takesTheRewardAndKeepsTheTerms() public {
        ITradingSessions.Terms memory terms = _terms();
        bytes32 expected = keccak256(abi.encode(terms));
        vm.expectEmit(address(sessions));
        emit ITradingSessions.SessionCreated(expected, collector, terms);
        bytes32 id = _created(terms);
        vm.assertEq(id, expected);
        ITradingSessions.Session memory s = Views.session(sessions, id);
        vm.assertEq(s.deadline, terms.expiry);
        vm.assertEq(s.candidate, address(0));
        _assertState(id, ITradingSessions.State.Pending);
        vm.assertEq(token.balanceOf(address(sessions)), REWARD);
    }

    function test_createSession_refusesTheSameSessionTwice_evenAfterItsEnd() public {
        ITradingSessions.Terms memory terms = _terms();
        bytes32 id = _created(terms);
        _wrongState(ITradingSessions.State.Pending);
        _created(terms);
        vm.prank(collector);
        sessions.close(t[id]);
        _wrongState(ITradingSessions.State.Closed);
        _created(terms);
    }

    function test_createSession_isTheCollectorsOwn() public {
        ITradingSessions.Terms memory terms = _terms();
        _notAllowed(bob);
        vm.prank(bob);
        sessions.createSession(terms);
    }

    /// @dev Terms are brought along with every call; other terms are another session.
    function test_everyCall_refusesChangedTerms() public {
        bytes32 id = _reviewed();
        ITradingSessions.Terms memory terms = t[id];
        terms.reward += 1;
        bytes32[] memory keys = Shards.keys(alice, SHARDS);
        _wrongState(ITradingSessions.State.None);
        vm.prank(alice);
        sessions.claimReward(terms, Shards.CLAIM_KEY, keys);
        _wrongState(ITradingSessions.State.None);
        sessions.close(terms);
        _wrongStatus(ITradingSessions.Status.None);
        vm.prank(bob);
        sessions.claimDeposit(terms);
    }

    function test_createSession_refusesEveryInvalidTerm() public {
        for (uint256 i = 0; i < 12; ++i) {
            ITradingSessions.Terms memory terms = _terms();
            if (i == 0) terms.reward = 0;
            if (i == 1) terms.deposit = 0;
            if (i == 2) terms.sampleShare = 0;
            if (i == 3) terms.sampleShare = 10_001;
            if (i == 4) terms.expiry = block.timestamp;
            if (i == 5) terms.expiry = block.timestamp + 2 ** 23;
            if (i == 6) terms.reviewWindow = 0;
            if (i == 7) terms.decisionWindow = 0;
            if (i == 8) terms.claimWindow = 0;
            if (i == 9) terms.reviewWindow = 2 ** 23;
            if (i == 10) terms.decisionWindow = 2 ** 23;
            if (i == 11) terms.claimWindow = 2 ** 23;
            _expectError(ITradingSessions.InvalidTerms.selector);
            _created(terms);
        }
    }

    function test_createSession_acceptsTermsAtTheirLimits() public {
        ITradingSessions.Terms memory terms = _terms();
        (terms.reward, terms.deposit, terms.sampleShare) = (1, 1, 10_000);
        terms.expiry = block.timestamp + 2 ** 23 - 1;
        (terms.reviewWindow, terms.decisionWindow, terms.claimWindow) = (2 ** 23 - 1, 1, 2 ** 23 - 1);
        _assertState(_created(terms), ITradingSessions.State.Pending);
    }

    function test_register_takesTheDepositAndKeepsTheCommitment() public {
        bytes32 id = _created();
        bytes32 commitment = keccak256("commitment");
        vm.expectEmit(address(sessions));
        emit ITradingSessions.Registered(id, alice, SHARDS, commitment);
        vm.prank(alice);
        sessions.register(t[id], SHARDS, commitment);
        ITradingSessions.Provider memory p = Views.provider(sessions, id, alice);
        vm.assertEq(p.shards, SHARDS);
        vm.assertEq(p.commitment, bytes25(commitment));
        _assertStatus(id, alice, ITradingSessions.Status.Registered);
        vm.assertEq(token.balanceOf(alice), FUNDS - DEPOSIT);
        vm.assertEq(token.balanceOf(address(sessions)), REWARD + DEPOSIT);
    }

    function test_register_refusesWithoutTheDeposit() public {
        bytes32 id = _created();
        vm.prank(alice);
        token.approve(address(sessions), DEPOSIT - 1);
        vm.expectRevert();
        _register(id, alice, SHARDS);
    }

    function test_register_refusesTheSameProviderTwice() public {
        bytes32 id = _registered();
        _wrongStatus(ITradingSessions.Status.Registered);
        vm.prank(alice);
        sessions.register(t[id], SHARDS, 0);
    }

    function test_register_refusesAnUnknownOrClosedOrReviewingSession() public {
        _wrongState(ITradingSessions.State.None);
        vm.prank(carol);
        sessions.register(t[0], SHARDS, 0);
        bytes32 id = _reviewing();
        _wrongState(ITradingSessions.State.Reviewing);
        vm.prank(carol);
        sessions.register(t[id], SHARDS, 0);
        _afterDeadline(id);
        sessions.close(t[id]);
        _wrongState(ITradingSessions.State.Closed);
        vm.prank(carol);
        sessions.register(t[id], SHARDS, 0);
    }

    function test_register_isOpenUntilExpiry() public {
        bytes32 id = _created();
        vm.warp(t[id].expiry);
        _register(id, alice, SHARDS);
        _afterDeadline(id);
        _tooLate(id);
        vm.prank(bob);
        sessions.register(t[id], SHARDS, 0);
    }

    /// @dev One of nine shards is more than 10 %.
    function test_register_refusesSoFewShardsThatOneExceedsTheShare() public {
        bytes32 id = _created();
        _expectError(ITradingSessions.InvalidShardCount.selector, abi.encode(9));
        vm.prank(alice);
        sessions.register(t[id], 9, 0);
        _register(id, alice, 10);
    }

    function test_register_refusesMoreShardsThanAClaimCanCarry() public {
        bytes32 id = _created();
        _expectError(ITradingSessions.InvalidShardCount.selector, abi.encode(4001));
        vm.prank(alice);
        sessions.register(t[id], 4001, 0);
        vm.prank(alice);
        sessions.register(t[id], 4000, 0);
    }

    function test_sampleData_setsTheSeedOnce() public {
        bytes32 id = _registered();
        vm.expectEmit(address(sessions));
        emit ITradingSessions.DataSampled(id, alice, SEED);
        _sample(id, alice);
        vm.assertEq(Views.provider(sessions, id, alice).seed, SEED);
        _assertStatus(id, alice, ITradingSessions.Status.Sampled);
        _wrongStatus(ITradingSessions.Status.Sampled);
        vm.prank(collector);
        sessions.sampleData(t[id], alice, SEED + 1);
        vm.assertEq(Views.provider(sessions, id, alice).seed, SEED);
    }

    function test_sampleData_withoutASeed_takesTheChains() public {
        bytes32 id = _registered();
        vm.prevrandao(bytes32(uint256(1234567)));
        vm.prank(collector);
        sessions.sampleData(t[id], alice, 0);
        vm.assertEq(Views.provider(sessions, id, alice).seed, 1234567);
    }

    function test_sampleData_isTheCollectors_ofARegisteredProvider_untilExpiry() public {
        bytes32 id = _registered();
        _notAllowed(alice);
        vm.prank(alice);
        sessions.sampleData(t[id], alice, SEED);
        _wrongStatus(ITradingSessions.Status.None);
        vm.prank(collector);
        sessions.sampleData(t[id], bob, SEED);
        _afterDeadline(id);
        _tooLate(id);
        vm.prank(collector);
        sessions.sampleData(t[id], alice, SEED);
    }

    function test_sampleData_onlyWhilePending() public {
        bytes32 id = _reviewing();
        _wrongState(ITradingSessions.State.Reviewing);
        vm.prank(collector);
        sessions.sampleData(t[id], bob, SEED);
    }

    function test_submitFeatures_isOpenToASampledProviderOnce() public {
        bytes32 id = _registered();
        _wrongStatus(ITradingSessions.Status.Registered);
        _features(id, alice);
        _sample(id, alice);
        vm.expectEmit(address(sessions));
        emit ITradingSessions.FeaturesSubmitted(id, alice, SEALED);
        _features(id, alice);
        _assertStatus(id, alice, ITradingSessions.Status.Submitted);
        _wrongStatus(ITradingSessions.Status.Submitted);
        _features(id, alice);
        _wrongStatus(ITradingSessions.Status.None);
        _features(id, stranger);
    }

    function test_submitFeatures_onlyWhilePending_untilExpiry() public {
        bytes32 id = _submitted();
        _sample(id, bob);
        uint256 state = vm.snapshotState();
        _afterDeadline(id);
        _tooLate(id);
        _features(id, bob);
        vm.assertTrue(vm.revertToState(state), "state restored");
        vm.prank(collector);
        sessions.setCandidate(t[id], alice);
        _wrongState(ITradingSessions.State.Reviewing);
        _features(id, bob);
    }

    function test_submitFeatures_refusesNothingAndTooMuch() public {
        bytes32 id = _sampled();
        _expectError(ITradingSessions.InvalidPayload.selector, abi.encode(0));
        vm.prank(alice);
        sessions.submitFeatures(t[id], "");
        _expectError(ITradingSessions.InvalidPayload.selector, abi.encode(1025));
        vm.prank(alice);
        sessions.submitFeatures(t[id], new bytes(1025));
        vm.prank(alice);
        sessions.submitFeatures(t[id], new bytes(1024));
    }
}
