// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {ITradingSessions} from "../src/ITradingSessions.sol";
import {Sessions, Views} from "./Sessions.sol";
import {Shards} from "./Shards.sol";

/// @dev The closure: setCandidate, submitReview, setOptimal, claimReward.
contract TradingSessionsExchangeTest is Sessions {
    function test_setCandidate_startsTheReview() public {
        bytes32 id = _submitted();
        uint256 reviewBy = block.timestamp + 1 days;
        vm.expectEmit(address(sessions));
        emit ITradingSessions.CandidateSet(id, alice, reviewBy);
        vm.prank(collector);
        sessions.setCandidate(t[id], alice);
        ITradingSessions.Session memory s = Views.session(sessions, id);
        vm.assertEq(s.candidate, alice);
        vm.assertEq(s.deadline, reviewBy);
        _assertState(id, ITradingSessions.State.Reviewing);
    }

    function test_setCandidate_isTheCollectors_ofAProviderWithFeatures_untilExpiry() public {
        bytes32 id = _submitted();
        _notAllowed(alice);
        vm.prank(alice);
        sessions.setCandidate(t[id], alice);
        _wrongStatus(ITradingSessions.Status.Registered);
        vm.prank(collector);
        sessions.setCandidate(t[id], bob);
        _wrongStatus(ITradingSessions.Status.None);
        vm.prank(collector);
        sessions.setCandidate(t[id], stranger);
        _afterDeadline(id);
        _tooLate(id);
        vm.prank(collector);
        sessions.setCandidate(t[id], alice);
    }

    /// @dev A collector that could name one candidate after the other would be shown everybody's samples.
    function test_setCandidate_onlyOnce() public {
        bytes32 id = _submitted();
        _sample(id, bob);
        _features(id, bob);
        vm.prank(collector);
        sessions.setCandidate(t[id], alice);
        _wrongState(ITradingSessions.State.Reviewing);
        vm.prank(collector);
        sessions.setCandidate(t[id], bob);
        _review(id, alice);
        _wrongState(ITradingSessions.State.Reviewing);
        vm.prank(collector);
        sessions.setCandidate(t[id], bob);
    }

    function test_submitReview_opensTheSampleToTheCollector() public {
        bytes32 id = _reviewing();
        (bytes32[] memory keys, bytes32[] memory salts, bytes32[] memory proof) = _opening(id, alice);
        vm.assertEq(keys.length, 2);
        uint256 decideBy = block.timestamp + 2 days;
        vm.expectEmit(address(sessions));
        emit ITradingSessions.ReviewSubmitted(id, alice, keys, salts, SEALED, decideBy);
        vm.prank(alice);
        sessions.submitReview(t[id], keys, salts, proof, SEALED);
        _assertStatus(id, alice, ITradingSessions.Status.Shown);
        _assertState(id, ITradingSessions.State.Reviewing);
        vm.assertEq(Views.session(sessions, id).deadline, decideBy);
    }

    function test_submitReview_isTheCandidates_once_inTime() public {
        bytes32 id = _reviewing();
        (bytes32[] memory keys, bytes32[] memory salts, bytes32[] memory proof) = _opening(id, alice);
        _notAllowed(bob);
        vm.prank(bob);
        sessions.submitReview(t[id], keys, salts, proof, SEALED);
        uint256 state = vm.snapshotState();
        _afterDeadline(id);
        _tooLate(id);
        vm.prank(alice);
        sessions.submitReview(t[id], keys, salts, proof, SEALED);
        vm.assertTrue(vm.revertToState(state), "state restored");
        vm.warp(Views.session(sessions, id).deadline);
        _review(id, alice);
        _wrongStatus(ITradingSessions.Status.Shown);
        vm.prank(alice);
        sessions.submitReview(t[id], keys, salts, proof, SEALED);
    }

    function test_submitReview_onlyWhileReviewing() public {
        bytes32 id = _submitted();
        (bytes32[] memory keys, bytes32[] memory salts, bytes32[] memory proof) = _opening(id, alice);
        _wrongState(ITradingSessions.State.Pending);
        vm.prank(alice);
        sessions.submitReview(t[id], keys, salts, proof, SEALED);
    }

    function test_submitReview_refusesOtherKeysSaltsOrderNumberProof() public {
        bytes32 id = _reviewing();
        (bytes32[] memory keys, bytes32[] memory salts, bytes32[] memory proof) = _opening(id, alice);
        bytes32 kept = keys[1];
        keys[1] = bytes32(uint256(kept) + 1);
        _expectError(ITradingSessions.CommitmentMismatch.selector);
        _show(id, keys, salts, proof);
        keys[1] = keys[0];
        _expectError(ITradingSessions.KeysNotAscending.selector, abi.encode(1));
        _show(id, keys, salts, proof);
        keys[1] = kept;
        salts[0] = salts[1];
        _expectError(ITradingSessions.CommitmentMismatch.selector);
        _show(id, keys, salts, proof);
        salts[0] = Shards.salt(_sampleOf(id, alice)[0]);
        proof[0] = ~proof[0];
        _expectError(ITradingSessions.CommitmentMismatch.selector);
        _show(id, keys, salts, proof);
        proof[0] = ~proof[0];
        _expectError(ITradingSessions.WrongKeyCount.selector, abi.encode(1, 2));
        _show(id, _resized(keys, 1), salts, proof);
        _expectError(ITradingSessions.WrongKeyCount.selector, abi.encode(3, 2));
        _show(id, keys, _resized(salts, 3), proof);
        _expectError(ITradingSessions.InvalidProof.selector);
        _show(id, keys, salts, _resized(proof, proof.length - 1));
        _expectError(ITradingSessions.InvalidProof.selector);
        _show(id, keys, salts, _resized(proof, proof.length + 1));
        _expectError(ITradingSessions.InvalidPayload.selector, abi.encode(0));
        vm.prank(alice);
        sessions.submitReview(t[id], keys, salts, proof, "");
        _show(id, keys, salts, proof);
    }

    /// @dev The candidate cannot show better shards than those that were drawn.
    function test_submitReview_refusesShardsThatWereNotDrawn() public {
        bytes32 id = _reviewing();
        uint256[] memory positions = _sampleOf(id, alice);
        positions[0] = positions[0] == 0 ? 1 : positions[0] - 1;
        (bytes32[] memory keys, bytes32[] memory salts, bytes32[] memory proof) =
            Shards.opening(Shards.keys(alice, SHARDS), positions);
        vm.prank(alice);
        (bool done,) =
            address(sessions).call(abi.encodeCall(sessions.submitReview, (t[id], keys, salts, proof, SEALED)));
        vm.assertTrue(!done, "showed another shard");
    }

    /// @dev Somebody who registered another's commitment cannot show that other's shards.
    function test_submitReview_refusesACopiedCommitment() public {
        bytes32 id = _created();
        bytes32 commitment = Shards.commitment(Shards.keys(bob, SHARDS), id, bob);
        vm.prank(alice);
        sessions.register(t[id], SHARDS, commitment);
        _sample(id, alice);
        _features(id, alice);
        vm.prank(collector);
        sessions.setCandidate(t[id], alice);
        (bytes32[] memory keys, bytes32[] memory salts, bytes32[] memory proof) =
            Shards.opening(Shards.keys(bob, SHARDS), _sampleOf(id, alice));
        _expectError(ITradingSessions.CommitmentMismatch.selector);
        _show(id, keys, salts, proof);
    }

    /// @dev The contract asks for exactly floor(n · share) shards: the share allows no more, and not one less is taken.
    function test_submitReview_asksForTheShareAndNeverMore(uint256 n, uint256 share, uint32 seed) public {
        share = _bound(share, 200, 10_000);
        n = _bound(n, (10_000 + share - 1) / share, 60);
        bytes32 id = _candidate(Shards.keys(alice, n), share, seed);
        uint256[] memory positions = _sampleOf(id, alice);
        uint256 k = positions.length;
        vm.assertTrue(k * 10_000 <= n * share && (k + 1) * 10_000 > n * share, "the share");
        for (uint256 i = 1; i < k; ++i) {
            vm.assertTrue(positions[i] > positions[i - 1], "drawn twice");
        }
        (bytes32[] memory keys, bytes32[] memory salts, bytes32[] memory proof) = _opening(id, alice);
        for (uint256 other = 0; other <= n; ++other) {
            if (other == k) continue;
            _expectError(ITradingSessions.WrongKeyCount.selector, abi.encode(other, k));
            _show(id, _resized(keys, other), _resized(salts, k), proof);
        }
        _show(id, keys, salts, proof);
    }

    /// @dev Every honest provider can show and claim, whatever its number of shards and its sample.
    function test_exchange_worksForAnyNumberOfShards(uint256 n, uint256 share, uint32 seed) public {
        share = _bound(share, 100, 10_000);
        n = _bound(n, (10_000 + share - 1) / share, 160);
        bytes32 id = _candidate(Shards.keys(alice, n), share, seed);
        _review(id, alice);
        vm.prank(collector);
        sessions.setOptimal(t[id], alice);
        _claim(id, alice);
        vm.assertEq(token.balanceOf(alice), FUNDS + REWARD);
        vm.assertEq(token.balanceOf(address(sessions)), 0);
    }

    /// @dev One changed bit anywhere in keys, salts or proof, and the review is refused.
    function test_submitReview_refusesAnyChangedBit(uint256 n, uint32 seed, uint256 where, uint8 bit) public {
        bytes32 id = _candidate(Shards.keys(alice, _bound(n, 10, 160)), 1000, seed);
        (bytes32[] memory keys, bytes32[] memory salts, bytes32[] memory proof) = _opening(id, alice);
        where = _bound(where, 0, keys.length + salts.length + proof.length - 1);
        bytes32 flip = bytes32(uint256(1) << bit);
        if (where < keys.length) keys[where] ^= flip;
        else if (where < 2 * keys.length) salts[where - keys.length] ^= flip;
        else proof[where - 2 * keys.length] ^= flip;
        vm.prank(alice);
        (bool done,) =
            address(sessions).call(abi.encodeCall(sessions.submitReview, (t[id], keys, salts, proof, SEALED)));
        vm.assertTrue(!done, "a changed opening was accepted");
    }

    function test_setOptimal_startsTheClaim() public {
        bytes32 id = _shown();
        uint256 claimBy = block.timestamp + 3 days;
        vm.expectEmit(address(sessions));
        emit ITradingSessions.OptimalSet(id, alice, claimBy);
        vm.prank(collector);
        sessions.setOptimal(t[id], alice);
        _assertState(id, ITradingSessions.State.Reviewed);
        vm.assertEq(Views.session(sessions, id).deadline, claimBy);
    }

    function test_setOptimal_isTheCollectors_ofTheCandidate_afterItsReview_inTime() public {
        bytes32 id = _reviewing();
        _wrongStatus(ITradingSessions.Status.Submitted);
        vm.prank(collector);
        sessions.setOptimal(t[id], alice);
        _review(id, alice);
        _notAllowed(alice);
        vm.prank(alice);
        sessions.setOptimal(t[id], alice);
        _notAllowed(bob);
        vm.prank(collector);
        sessions.setOptimal(t[id], bob);
        uint256 state = vm.snapshotState();
        _afterDeadline(id);
        _tooLate(id);
        vm.prank(collector);
        sessions.setOptimal(t[id], alice);
        vm.assertTrue(vm.revertToState(state), "state restored");
        vm.prank(collector);
        sessions.setOptimal(t[id], alice);
        _wrongState(ITradingSessions.State.Reviewed);
        vm.prank(collector);
        sessions.setOptimal(t[id], alice);
    }

    function test_claimReward_paysRewardAndDepositForAllKeys() public {
        bytes32 id = _reviewed();
        vm.warp(Views.session(sessions, id).deadline);
        bytes32[] memory keys = Shards.keys(alice, SHARDS);
        vm.expectEmit(address(sessions));
        emit ITradingSessions.RewardClaimed(id, alice, Shards.CLAIM_KEY, keys);
        vm.expectEmit(address(sessions));
        emit ITradingSessions.Settled(
            id, collector, alice, ITradingSessions.Outcome.Traded, 0, uint256(REWARD) + DEPOSIT
        );
        _claim(id, alice);
        _assertState(id, ITradingSessions.State.Closed);
        vm.assertEq(token.balanceOf(alice), FUNDS + REWARD);
        vm.assertEq(token.balanceOf(collector), FUNDS - REWARD);
        vm.assertEq(token.balanceOf(address(sessions)), DEPOSIT, "bob's");
    }

    /// @dev The block with the claim is abandoned, the same transaction comes again.
    function test_claimReward_canBeSentAgainAfterAReorganisation() public {
        bytes32 id = _reviewed();
        uint256 fork = vm.snapshotState();
        _claim(id, alice);
        vm.assertTrue(vm.revertToState(fork), "reorganisation");
        vm.assertEq(token.balanceOf(alice), FUNDS - DEPOSIT);
        _claim(id, alice);
        vm.assertEq(token.balanceOf(alice), FUNDS + REWARD);
    }

    function test_claimReward_once_andOnlyAfterTheDecision() public {
        bytes32 id = _shown();
        bytes32[] memory keys = Shards.keys(alice, SHARDS);
        _wrongState(ITradingSessions.State.Reviewing);
        vm.prank(alice);
        sessions.claimReward(t[id], Shards.CLAIM_KEY, keys);
        vm.prank(collector);
        sessions.setOptimal(t[id], alice);
        _claim(id, alice);
        _wrongState(ITradingSessions.State.Closed);
        vm.prank(alice);
        sessions.claimReward(t[id], Shards.CLAIM_KEY, keys);
    }

    /// @dev Who reads the keys in the pool of waiting transactions gains nothing by them.
    function test_claimReward_isTheWinnersAlone_inTime() public {
        bytes32 id = _reviewed();
        bytes32[] memory keys = Shards.keys(alice, SHARDS);
        _notAllowed(bob);
        vm.prank(bob);
        sessions.claimReward(t[id], Shards.CLAIM_KEY, keys);
        _notAllowed(collector);
        vm.prank(collector);
        sessions.claimReward(t[id], Shards.CLAIM_KEY, keys);
        _afterDeadline(id);
        _tooLate(id);
        vm.prank(alice);
        sessions.claimReward(t[id], Shards.CLAIM_KEY, keys);
    }

    function test_claimReward_refusesOtherKeysOrderNumberClaimKey() public {
        bytes32 id = _reviewed();
        bytes32[] memory keys = Shards.keys(alice, SHARDS);
        _expectError(ITradingSessions.CommitmentMismatch.selector);
        vm.prank(alice);
        sessions.claimReward(t[id], ~Shards.CLAIM_KEY, keys);
        _expectError(ITradingSessions.WrongKeyCount.selector, abi.encode(SHARDS - 1, SHARDS));
        _claimWith(id, _resized(keys, SHARDS - 1));
        (keys[3], keys[4]) = (keys[4], keys[3]);
        _expectError(ITradingSessions.KeysNotAscending.selector, abi.encode(4));
        _claimWith(id, keys);
        (keys[3], keys[4]) = (keys[4], keys[3]);
        keys[22] = bytes32(uint256(keys[22]) + 1);
        _expectError(ITradingSessions.CommitmentMismatch.selector);
        _claimWith(id, keys);
    }

    /// @dev A dataset blown up with copies of a shard can be registered, but never be paid.
    function test_claimReward_refusesADuplicatedShard(uint256 n, uint256 copy) public {
        n = _bound(n, 10, 100);
        copy = _bound(copy, 1, n - 1);
        bytes32[] memory keys = Shards.keys(alice, n);
        keys[copy] = keys[copy - 1];
        bytes32 id = _candidate(keys, 1000, SEED);
        (bytes32[] memory opened, bytes32[] memory salts, bytes32[] memory proof) =
            Shards.opening(keys, _sampleOf(id, alice));
        vm.prank(alice);
        (bool shown,) =
            address(sessions).call(abi.encodeCall(sessions.submitReview, (t[id], opened, salts, proof, SEALED)));
        if (!shown) return; // both copies were drawn
        vm.prank(collector);
        sessions.setOptimal(t[id], alice);
        _expectError(ITradingSessions.KeysNotAscending.selector, abi.encode(copy));
        _claimWith(id, keys);
    }

    /// @dev Alice as candidate with these shards.
    function _candidate(bytes32[] memory keys, uint256 share, uint32 seed) private returns (bytes32 id) {
        ITradingSessions.Terms memory terms = _terms();
        terms.sampleShare = share;
        id = _created(terms);
        bytes32 commitment = Shards.commitment(keys, id, alice);
        vm.prank(alice);
        // forge-lint: disable-next-line(unsafe-typecast)
        sessions.register(t[id], uint16(keys.length), commitment);
        vm.prank(collector);
        sessions.sampleData(t[id], alice, seed);
        _features(id, alice);
        vm.prank(collector);
        sessions.setCandidate(t[id], alice);
    }

    function _show(bytes32 id, bytes32[] memory keys, bytes32[] memory salts, bytes32[] memory proof) private {
        vm.prank(alice);
        sessions.submitReview(t[id], keys, salts, proof, SEALED);
    }

    function _claimWith(bytes32 id, bytes32[] memory keys) private {
        vm.prank(alice);
        sessions.claimReward(t[id], Shards.CLAIM_KEY, keys);
    }

    function _resized(bytes32[] memory list, uint256 length) private pure returns (bytes32[] memory copy) {
        copy = new bytes32[](length);
        for (uint256 i = 0; i < length && i < list.length; ++i) {
            copy[i] = list[i];
        }
    }
}
