// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {IPrivacyOracle} from "../src/IPrivacyOracle.sol";
import {Oracles} from "./Oracles.sol";
import {ECDSA} from "@openzeppelin/contracts/utils/cryptography/ECDSA.sol";

/// @dev Proposals, votes, and who is paid or penalised.
contract PrivacyOracleVoteTest is Oracles {
    /// @dev The order of secp256k1's group (SEC 2, 2.4.1).
    uint256 private constant ORDER = 0xFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFEBAAEDCE6AF48A03BBFD25E8CD0364141;

    function test_propose_opensTheVoteWithTheSolversOwn() public {
        bytes32 id = _gathered(0);
        IPrivacyOracle.Proposal memory p = _model();
        bytes32 hash = keccak256(abi.encode(id, uint256(0), nodes[0], p));
        uint64 voteBy = uint64(block.timestamp + VOTE);
        vm.expectEmit(address(oracle));
        emit IPrivacyOracle.ProfilesSettled(id, DIGEST, NODES);
        vm.expectEmit(address(oracle));
        emit IPrivacyOracle.Proposed(id, 0, nodes[0], p, hash, voteBy);
        _propose(id, nodes[0], p);
        IPrivacyOracle.Status memory s = oracle.requestOf(id);
        vm.assertEq(uint256(s.state), uint256(IPrivacyOracle.State.Voting));
        vm.assertEq(s.accepts, 1);
        vm.assertEq(s.rejects, 0);
        vm.assertEq(s.deadline, voteBy);
        vm.assertEq(s.proposalHash, hash);
        vm.assertEq(s.profileDigest, DIGEST);
        IPrivacyOracle.Vote memory own = _ballot(id, true);
        bytes memory signature = _sign(nodes[0], own);
        _expectError(IPrivacyOracle.AlreadyVoted.selector, abi.encode(nodes[0]));
        _handIn(id, own, signature);
    }

    function test_propose_isForThePresentSolverInTime() public {
        bytes32 id = _gathered(0);
        IPrivacyOracle.Proposal memory p = _model();
        _notAllowed(nodes[1]);
        _propose(id, nodes[1], p);
        _notAllowed(stranger);
        _propose(id, stranger, p);
        uint64 deadline = oracle.requestOf(id).deadline;
        vm.warp(deadline + 1);
        _expectError(IPrivacyOracle.TooLate.selector, abi.encode(id, deadline));
        _propose(id, nodes[0], p);
        vm.warp(deadline);
        _propose(id, nodes[0], p);
        _wrongState(id, IPrivacyOracle.State.Voting);
        _propose(id, nodes[0], p);
        id = _request();
        _wrongState(id, IPrivacyOracle.State.Gathering);
        _propose(id, nodes[0], p);
    }

    function test_propose_refusesInvalidProposals() public {
        bytes32 id = _gathered(0);
        for (uint256 i = 0; i < 7; ++i) {
            IPrivacyOracle.Proposal memory p = i < 5 ? _model() : _refusal();
            if (i == 0) p.profileDigest = 0;
            if (i == 1) p.result = 0;
            if (i == 2) p.content = 0;
            if (i == 3) p.expiresAt = uint64(block.timestamp + VOTE);
            if (i == 4) p.expiresAt = uint64(block.timestamp + VOTE + SOLVE + VALIDITY + 1);
            if (i == 5) p.content = DIGEST;
            if (i == 6) p.expiresAt = uint64(block.timestamp + VOTE + VALIDITY);
            _expectError(IPrivacyOracle.InvalidProposal.selector);
            _propose(id, nodes[0], p);
        }
        IPrivacyOracle.Proposal memory good = _model();
        good.expiresAt = uint64(block.timestamp + VOTE + SOLVE + VALIDITY);
        uint256 state = vm.snapshotState();
        _propose(id, nodes[0], good);
        vm.revertToState(state);
        good.expiresAt = uint64(block.timestamp + VOTE + 1);
        _propose(id, nodes[0], good);
    }

    function test_propose_settlesNothingWithTooFewMarks() public {
        bytes32 id = _gathered(3);
        IPrivacyOracle.Proposal memory p = _model();
        _expectError(IPrivacyOracle.TooFewMarks.selector, abi.encode(2, 3));
        _propose(id, nodes[0], p);
        vm.assertEq(oracle.requestOf(id).profileDigest, bytes32(0));
        _pass(id);
        oracle.handOver(id);
        p = _model();
        p.profileDigest = OTHER_DIGEST;
        _notAllowed(nodes[1]);
        _propose(id, nodes[1], p);
        _pass(id);
        oracle.handOver(id);
        p = _model();
        p.profileDigest = OTHER_DIGEST;
        _propose(id, nodes[2], p);
        vm.assertTrue(oracle.memberOf(id, nodes[0]).penalised, "outvoted");
        vm.assertTrue(oracle.memberOf(id, nodes[1]).penalised, "outvoted");
    }

    function test_propose_doesNotCountAMarkThatWasCopied() public {
        bytes32 id = _request();
        _submit(id, nodes[0], DIGEST);
        _submit(id, nodes[1], DIGEST);
        for (uint256 i = 2; i < NODES; ++i) {
            vm.prank(nodes[i]);
            oracle.submitProfiles(id, _mark(id, nodes[0], DIGEST));
        }
        IPrivacyOracle.Proposal memory p = _model();
        _expectError(IPrivacyOracle.TooFewMarks.selector, abi.encode(2, 3));
        _propose(id, nodes[0], p);
    }

    function test_propose_penalisesOtherProfilesAndExcludesThem() public {
        bytes32 id = _gathered(1);
        vm.expectEmit(address(oracle));
        emit IPrivacyOracle.ProfilesSettled(id, DIGEST, 4);
        _expectPenalty(id, nodes[4], IPrivacyOracle.Offence.OutvotedProfiles);
        _propose(id, nodes[0], _model());
        _assertNode(nodes[4], STAKE - PENALTY, 0);
        vm.assertEq(oracle.setAside(requester), PENALTY);
        IPrivacyOracle.Vote memory v = _ballot(id, true);
        bytes memory signature = _sign(nodes[4], v);
        _notAllowed(nodes[4]);
        _handIn(id, v, signature);
    }

    function test_propose_keepsTheSettledDigest() public {
        bytes32 id = _gathered(0);
        _propose(id, nodes[0], _model());
        _pass(id);
        oracle.handOver(id);
        IPrivacyOracle.Proposal memory p = _model();
        p.profileDigest = OTHER_DIGEST;
        _expectError(IPrivacyOracle.InvalidProposal.selector);
        _propose(id, nodes[1], p);
        _propose(id, nodes[1], _model());
    }

    function test_propose_passesOverWhoWasOutvoted() public {
        bytes32 id = _request();
        _submit(id, nodes[0], DIGEST);
        _submit(id, nodes[1], OTHER_DIGEST);
        for (uint256 i = 2; i < NODES; ++i) {
            _submit(id, nodes[i], DIGEST);
        }
        _propose(id, nodes[0], _model());
        _pass(id);
        vm.expectEmit(address(oracle));
        emit IPrivacyOracle.HandedOver(id, nodes[0], 0);
        vm.expectEmit(address(oracle));
        emit IPrivacyOracle.AttemptStarted(id, 2, nodes[2], uint64(block.timestamp + SOLVE));
        oracle.handOver(id);
        vm.assertEq(oracle.requestOf(id).attempt, 2);
    }

    function test_vote_finalisesAtTheThresholdAndPartsTheFee() public {
        bytes32 id = _proposed();
        IPrivacyOracle.Proposal memory p = _model();
        bytes32 hash = oracle.requestOf(id).proposalHash;
        vm.expectEmit(address(oracle));
        emit IPrivacyOracle.Voted(id, nodes[3], 0, hash, true, 0);
        _vote(id, nodes[3], true);
        _assertState(id, IPrivacyOracle.State.Voting);
        (,,, bool valid) = oracle.modelOf(id);
        vm.assertTrue(!valid, "not yet");
        vm.expectEmit(address(oracle));
        emit IPrivacyOracle.Voted(id, nodes[1], 0, hash, true, 0);
        vm.expectEmit(address(oracle));
        emit IPrivacyOracle.ModelFinalised(id, nodes[0], p.result, p.content, p.expiresAt);
        uint256 part = (uint256(FEE) / 2) / 2;
        vm.expectEmit(address(oracle));
        emit IPrivacyOracle.FeePaid(id, nodes[1], part);
        _vote(id, nodes[1], true);

        _assertState(id, IPrivacyOracle.State.Finalised);
        vm.assertEq(oracle.setAside(nodes[0]), FEE - 2 * part);
        vm.assertEq(oracle.setAside(nodes[1]), part);
        vm.assertEq(oracle.setAside(nodes[3]), part);
        vm.assertEq(oracle.setAside(nodes[2]) + oracle.setAside(nodes[4]) + oracle.setAside(requester), 0);
        (bytes32 result, bytes32 content, uint64 expiresAt, bool isValid) = oracle.modelOf(id);
        vm.assertTrue(result == p.result && content == p.content && expiresAt == p.expiresAt && isValid, "model");
        vm.warp(p.expiresAt);
        (,,, isValid) = oracle.modelOf(id);
        vm.assertTrue(isValid, "its last second");
        vm.warp(p.expiresAt + 1);
        (,,, isValid) = oracle.modelOf(id);
        vm.assertTrue(!isValid, "expired");
    }

    /// @dev Whatever the committee, the threshold and the fee: nothing of the fee is lost, half is the solver's.
    function test_vote_partsTheWholeFee(uint96 fee, uint8 committee, uint8 threshold) public {
        IPrivacyOracle.Terms memory t = _terms();
        t.committee = uint8(_bound(committee, 3, NODES));
        t.threshold = uint8(_bound(threshold, t.committee / 2 + 1, t.committee));
        t.fee = uint96(_bound(fee, 1, FUNDS));
        bytes32 id = _request(t);
        address[] memory drawn = oracle.committeeOf(id);
        for (uint256 i = 0; i < t.committee; ++i) {
            _submit(id, drawn[i], DIGEST);
        }
        _propose(id, drawn[0], _model());
        for (uint256 i = 1; i < t.threshold; ++i) {
            _assertState(id, IPrivacyOracle.State.Voting);
            _vote(id, drawn[i], true);
        }
        _assertState(id, IPrivacyOracle.State.Finalised);
        uint256 sum = oracle.setAside(drawn[0]);
        vm.assertTrue(sum >= t.fee - t.fee / 2, "the solver's half");
        for (uint256 i = 1; i < t.threshold; ++i) {
            vm.assertEq(oracle.setAside(drawn[i]), oracle.setAside(drawn[1]));
            sum += oracle.setAside(drawn[i]);
        }
        vm.assertEq(sum, t.fee, "the whole fee");
    }

    function test_vote_givesTheFeeBackForARefusal() public {
        bytes32 id = _gathered(0);
        _propose(id, nodes[0], _refusal());
        bytes32 hash = oracle.requestOf(id).proposalHash;
        _vote(id, nodes[1], true);
        vm.expectEmit(address(oracle));
        emit IPrivacyOracle.RequestRefused(id, nodes[0], _refusal().result);
        _vote(id, nodes[2], true);
        _assertState(id, IPrivacyOracle.State.Refused);
        vm.assertEq(oracle.requestOf(id).proposalHash, hash);
        vm.assertEq(oracle.setAside(requester), FEE);
        vm.assertEq(oracle.setAside(nodes[0]), 0);
        (bytes32 result,,,) = oracle.modelOf(id);
        vm.assertEq(result, bytes32(0));
    }

    function test_vote_penalisesWhoRejectedWhatWasAccepted() public {
        bytes32 id = _proposed();
        _vote(id, nodes[4], false);
        _vote(id, nodes[1], true);
        _expectPenalty(id, nodes[4], IPrivacyOracle.Offence.OutvotedVote);
        _vote(id, nodes[2], true);
        _assertNode(nodes[4], STAKE - PENALTY, 0);
        _assertNode(nodes[3], STAKE, PENALTY);
        vm.assertEq(oracle.setAside(nodes[4]), 0, "no part of the fee");
        vm.assertEq(oracle.setAside(requester), PENALTY);
    }

    function test_vote_penalisesTheSolverAndWhoAcceptedWhatWasRejected() public {
        bytes32 id = _proposed();
        _vote(id, nodes[1], true);
        _vote(id, nodes[2], false);
        _vote(id, nodes[3], false);
        _assertState(id, IPrivacyOracle.State.Voting);
        vm.expectEmit(address(oracle));
        emit IPrivacyOracle.ProposalRejected(id, nodes[0], 0);
        _expectPenalty(id, nodes[0], IPrivacyOracle.Offence.RejectedProposal);
        _expectPenalty(id, nodes[1], IPrivacyOracle.Offence.OutvotedVote);
        vm.expectEmit(address(oracle));
        emit IPrivacyOracle.AttemptStarted(id, 2, nodes[2], uint64(block.timestamp + SOLVE));
        _vote(id, nodes[4], false);
        vm.assertEq(oracle.setAside(requester), 2 * PENALTY);
        IPrivacyOracle.Status memory s = oracle.requestOf(id);
        vm.assertEq(uint256(s.state), uint256(IPrivacyOracle.State.Solving));
        vm.assertEq(s.proposalHash, bytes32(0));

        // The three that are left make the model, and the two that are out cannot vote on it.
        _propose(id, nodes[2], _model());
        for (uint256 i = 0; i < 2; ++i) {
            IPrivacyOracle.Vote memory v = _ballot(id, false);
            bytes memory signature = _sign(nodes[i], v);
            _notAllowed(nodes[i]);
            _handIn(id, v, signature);
        }
        _voteAll(id, 3, 5, 2);
        _assertState(id, IPrivacyOracle.State.Finalised);
    }

    function test_vote_countsAWholeBatchBeforeItDecides() public {
        bytes32 id = _proposed();
        _voteAll(id, 1, 5, 2);
        _assertState(id, IPrivacyOracle.State.Finalised);
        vm.assertTrue(oracle.memberOf(id, nodes[3]).penalised && oracle.memberOf(id, nodes[4]).penalised, "outvoted");
    }

    function test_vote_expiresTheRequestWhenTheLastProposalIsRejected() public {
        bytes32 id = _proposed();
        for (uint256 k = 0; k < NODES - 1; ++k) {
            _pass(id);
            oracle.handOver(id);
            _propose(id, nodes[k + 1], _model());
        }
        _vote(id, nodes[0], false);
        _vote(id, nodes[1], false);
        vm.expectEmit(address(oracle));
        emit IPrivacyOracle.RequestExpired(id, IPrivacyOracle.ExpiryReason.NoModel);
        _vote(id, nodes[2], false);
        _assertState(id, IPrivacyOracle.State.Expired);
        vm.assertEq(oracle.setAside(requester), FEE + PENALTY);
    }

    function test_vote_endsWithItsDeadline() public {
        bytes32 id = _proposed();
        IPrivacyOracle.Vote memory v = _ballot(id, true);
        bytes memory signature = _sign(nodes[1], v);
        uint64 deadline = oracle.requestOf(id).deadline;
        vm.warp(deadline + 1);
        _expectError(IPrivacyOracle.TooLate.selector, abi.encode(id, deadline));
        _handIn(id, v, signature);
        vm.warp(deadline);
        _handIn(id, v, signature);
        id = _finalised();
        _wrongState(id, IPrivacyOracle.State.Finalised);
        _handIn(id, v, signature);
    }

    function test_vote_refusesWhatTheProposalIsNot() public {
        bytes32 id = _proposed();
        for (uint256 i = 0; i < 6; ++i) {
            IPrivacyOracle.Vote memory v = _ballot(id, i != 5);
            if (i == 0) v.requestId = DIGEST;
            if (i == 1) v.attempt = 1;
            if (i == 2) v.attempt = 256;
            if (i == 3) v.proposalHash = DIGEST;
            if (i == 4) v.evidence = EVIDENCE;
            if (i == 5) v.evidence = 0;
            bytes memory signature = _sign(nodes[1], v);
            _expectError(IPrivacyOracle.InvalidVote.selector, abi.encode(0));
            _handIn(id, v, signature);
        }
        (IPrivacyOracle.Vote[] memory votes, bytes[] memory signatures) = _batch(id, 1, 3, 2);
        votes[1].evidence = EVIDENCE;
        _expectError(IPrivacyOracle.InvalidVote.selector, abi.encode(1));
        oracle.vote(id, votes, signatures);
        _expectError(IPrivacyOracle.InvalidVote.selector, abi.encode(2));
        oracle.vote(id, votes, new bytes[](3));
        _expectError(IPrivacyOracle.InvalidVote.selector, abi.encode(2));
        oracle.vote(id, votes, new bytes[](1));
    }

    function test_vote_refusesWhoHasNoVote() public {
        bytes32 id = _request();
        for (uint256 i = 0; i < 4; ++i) {
            _submit(id, nodes[i], DIGEST);
        }
        _pass(id);
        _propose(id, nodes[0], _model());
        IPrivacyOracle.Vote memory v = _ballot(id, true);
        bytes memory signature = _sign(nodes[4], v);
        _notAllowed(nodes[4]);
        _handIn(id, v, signature);
        address outsider = _newNode(STAKE);
        signature = _sign(outsider, v);
        _notAllowed(outsider);
        _handIn(id, v, signature);
        _vote(id, nodes[1], true);
        signature = _sign(nodes[1], v);
        _expectError(IPrivacyOracle.AlreadyVoted.selector, abi.encode(nodes[1]));
        _handIn(id, v, signature);
        (IPrivacyOracle.Vote[] memory votes, bytes[] memory signatures) = (new IPrivacyOracle.Vote[](2), new bytes[](2));
        (votes[0], votes[1]) = (v, _ballot(id, false));
        (signatures[0], signatures[1]) = (_sign(nodes[2], votes[0]), _sign(nodes[2], votes[1]));
        _expectError(IPrivacyOracle.AlreadyVoted.selector, abi.encode(nodes[2]));
        oracle.vote(id, votes, signatures);
    }

    function test_vote_refusesTheTwinOfASignature() public {
        bytes32 id = _proposed();
        IPrivacyOracle.Vote memory v = _ballot(id, true);
        (uint8 p, bytes32 r, bytes32 s) = vm.sign(keys[nodes[1]], _hash(v, address(oracle)));
        bytes32 twin = bytes32(ORDER - uint256(s));
        _expectError(ECDSA.ECDSAInvalidSignatureS.selector, abi.encode(twin));
        _handIn(id, v, abi.encodePacked(r, twin, p ^ 7)); // 27 to 28 and back
        _expectError(ECDSA.ECDSAInvalidSignatureLength.selector, abi.encode(64));
        _handIn(id, v, abi.encodePacked(r, s));
        _expectError(ECDSA.ECDSAInvalidSignature.selector);
        _handIn(id, v, abi.encodePacked(r, s, uint8(0)));
        _handIn(id, v, abi.encodePacked(r, s, p));
    }

    /// @dev Whose signature it would be there is chance, but not the node's.
    function test_vote_isWorthNothingElsewhere() public {
        bytes32 id = _proposed();
        IPrivacyOracle.Vote memory v = _ballot(id, true);
        vm.chainId(2);
        bytes memory elsewhere = _sign(nodes[1], v);
        vm.chainId(31337);
        vm.expectRevert();
        _handIn(id, v, elsewhere);
        (uint8 p, bytes32 r, bytes32 s) = vm.sign(keys[nodes[1]], _hash(v, stranger));
        vm.expectRevert();
        _handIn(id, v, abi.encodePacked(r, s, p));
        _handIn(id, v, _sign(nodes[1], v));
    }

    function test_vote_isWorthNothingForAnotherRequestOrAttempt() public {
        bytes32 first = _proposed();
        IPrivacyOracle.Vote memory v = _ballot(first, true);
        bytes memory signature = _sign(nodes[1], v);
        bytes32 second = _proposed();
        _expectError(IPrivacyOracle.InvalidVote.selector, abi.encode(0));
        _handIn(second, v, signature);
        IPrivacyOracle.Vote memory forged = _ballot(second, true);
        vm.expectRevert();
        _handIn(second, forged, signature);
        _pass(first);
        oracle.handOver(first);
        _propose(first, nodes[1], _model());
        _expectError(IPrivacyOracle.InvalidVote.selector, abi.encode(0));
        _handIn(first, v, signature);
    }

    function test_handOver_countsNoVoteOfAnEarlierAttempt() public {
        bytes32 id = _proposed();
        _vote(id, nodes[1], true);
        _vote(id, nodes[3], false);
        _vote(id, nodes[4], false);
        _pass(id);
        oracle.handOver(id);
        for (uint256 i = 0; i < NODES; ++i) {
            vm.assertTrue(!oracle.memberOf(id, nodes[i]).penalised, "nothing was decided");
        }
        _propose(id, nodes[1], _model());
        vm.assertEq(oracle.requestOf(id).accepts, 1);
        vm.assertEq(oracle.requestOf(id).rejects, 0);
        _vote(id, nodes[0], true);
        _assertState(id, IPrivacyOracle.State.Voting);
        _vote(id, nodes[3], true);
        _assertState(id, IPrivacyOracle.State.Finalised);
        vm.assertTrue(!oracle.memberOf(id, nodes[4]).penalised, "its vote was on another attempt");
    }

    function test_handOver_givesEverySolverItsTurnAndThenTheFeeBack() public {
        bytes32 id = _gathered(0);
        for (uint256 k = 0; k < NODES; ++k) {
            IPrivacyOracle.Status memory s = oracle.requestOf(id);
            vm.assertEq(s.solver, nodes[k]);
            vm.assertEq(s.attempt, k);
            vm.warp(s.deadline);
            _expectError(IPrivacyOracle.TooEarly.selector, abi.encode(id, s.deadline));
            oracle.handOver(id);
            _pass(id);
            if (k == NODES - 1) {
                vm.expectEmit(address(oracle));
                emit IPrivacyOracle.RequestExpired(id, IPrivacyOracle.ExpiryReason.NoModel);
            }
            oracle.handOver(id);
        }
        _assertState(id, IPrivacyOracle.State.Expired);
        vm.assertEq(oracle.setAside(requester), FEE);
        for (uint256 i = 0; i < NODES; ++i) {
            _assertNode(nodes[i], STAKE, PENALTY);
            vm.assertTrue(_isDrawable(nodes[i]), "slow nodes stay");
        }
        _wrongState(id, IPrivacyOracle.State.Expired);
        _propose(id, nodes[4], _refusal());
    }

    function test_handOver_refusesWhatIsDecided() public {
        bytes32 model = _finalised();
        bytes32 refusal = _gathered(0);
        _propose(refusal, nodes[0], _refusal());
        _voteAll(refusal, 1, 3, 2);
        _pass(refusal);
        _wrongState(model, IPrivacyOracle.State.Finalised);
        oracle.handOver(model);
        _wrongState(refusal, IPrivacyOracle.State.Refused);
        oracle.handOver(refusal);
    }

    function test_handOver_beginsNoAttemptAfterTheRequestsTime() public {
        bytes32 id = _gathered(0);
        uint64 endsAt = oracle.requestOf(id).endsAt;
        uint256 state = vm.snapshotState();
        vm.warp(endsAt);
        oracle.handOver(id);
        _assertState(id, IPrivacyOracle.State.Solving);
        _propose(id, nodes[1], _model());
        vm.revertToState(state);
        vm.warp(endsAt + 1);
        oracle.handOver(id);
        _assertState(id, IPrivacyOracle.State.Expired);
        vm.assertEq(oracle.setAside(requester), FEE);
    }
}
