// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {IConduct} from "../src/IConduct.sol";
import {Epochs} from "./Epochs.sol";

/// @dev An epoch's course: what can be done in which state, to the second.
contract ConductEpochsTest is Epochs {
    function test_epochAt_countsFromTheDeployment() public {
        vm.assertEq(conduct.epochAt(uint64(START)), 0);
        vm.assertEq(conduct.epochAt(uint64(START + EPOCH - 1)), 0);
        vm.assertEq(conduct.epochAt(uint64(START + EPOCH)), 1);
        vm.assertEq(conduct.epochAt(type(uint64).max), (type(uint64).max - START) / EPOCH);
        _expectError(IConduct.TooOld.selector, abi.encode(START - 1));
        conduct.epochAt(uint64(START - 1));
    }

    function test_open_fixesSeedAndStandingsAfterTheEnd() public {
        uint256 end = _begin() + EPOCH;
        _assertState(IConduct.EpochState.Running, end - 1);
        vm.warp(end - 1);
        _expectError(IConduct.TooEarly.selector, abi.encode(end));
        conduct.open(NOW);
        vm.warp(end);
        _assertState(IConduct.EpochState.Running, end - 1);
        vm.prevrandao(keccak256("randomness"));
        bytes32 seed = keccak256(abi.encode(keccak256("randomness"), address(conduct), NOW));
        bytes32 root = conduct.standings();
        vm.expectEmit(address(conduct));
        emit IConduct.EpochOpened(NOW, seed, root, uint64(end + COLLECTING), uint64(end + COLLECTING + POSTING));
        vm.prank(stranger);
        conduct.open(NOW);
        table[0].zones += 1;
        _attestStandings(table, 0);
        IConduct.Epoch memory e = conduct.epochOf(NOW);
        vm.assertEq(e.seed, seed);
        vm.assertEq(e.standings, root);
        vm.assertTrue(root != conduct.standings(), "other standings by now");
    }

    function test_open_isOnce() public {
        _open();
        _wrongState(NOW, IConduct.EpochState.Collecting);
        conduct.open(NOW);
        _pass();
        _wrongState(NOW, IConduct.EpochState.Posting);
        conduct.open(NOW);
        _settled();
        _wrongState(NOW, IConduct.EpochState.Settled);
        conduct.open(NOW);
    }

    /// @dev Any epoch that is over, in any order, whatever became of the others.
    function test_open_isOfAnyEpochThatIsOver() public {
        vm.warp(START + 5 * EPOCH);
        conduct.open(4);
        conduct.open(0);
        _expectError(IConduct.TooEarly.selector, abi.encode(START + 6 * EPOCH));
        conduct.open(5);
        vm.assertEq(conduct.epochOf(4).deadline, block.timestamp + COLLECTING);
        vm.assertEq(conduct.epochOf(0).deadline, block.timestamp + COLLECTING);
        vm.assertTrue(conduct.epochOf(4).seed != conduct.epochOf(0).seed, "a seed of its own");
    }

    /// @dev No overflow makes an epoch that never ends end.
    function test_open_isNotOfTheLastEpoch() public {
        uint64 last = type(uint64).max;
        uint256 end = START + (uint256(last) + 1) * EPOCH;
        _expectError(IConduct.TooEarly.selector, abi.encode(uint64(end)));
        conduct.open(last);
    }

    function test_open_needsStandings() public {
        _openConduct(token);
        vm.warp(block.timestamp + 2 * EPOCH);
        _expectError(IConduct.InvalidAttestation.selector);
        conduct.open(0);
    }

    function test_states_lastToTheSecond() public {
        uint256 opened = _begin() + EPOCH + 77;
        vm.warp(opened);
        conduct.open(NOW);
        uint256 collect = opened + COLLECTING;
        _assertState(IConduct.EpochState.Collecting, collect);
        vm.warp(collect);
        _assertState(IConduct.EpochState.Collecting, collect);
        _wrongState(NOW, IConduct.EpochState.Collecting);
        _tryPost();
        vm.warp(collect + 1);
        _assertState(IConduct.EpochState.Posting, collect + POSTING);
        _wrongState(NOW, IConduct.EpochState.Posting);
        conduct.settle(NOW);
        vm.warp(collect + POSTING);
        _assertState(IConduct.EpochState.Posting, collect + POSTING);
        _post(members[0], _leaves(1));
        _assertState(IConduct.EpochState.Posting, collect + POSTING);
        vm.warp(collect + POSTING + 1);
        uint256 end = collect + POSTING + DISPUTING;
        _assertState(IConduct.EpochState.Disputing, end);
        _wrongState(NOW, IConduct.EpochState.Disputing);
        _tryPost();
        vm.warp(end);
        _assertState(IConduct.EpochState.Disputing, end);
        _expectError(IConduct.TooEarly.selector, abi.encode(end));
        conduct.settle(NOW);
        vm.warp(end + 1);
        _assertState(IConduct.EpochState.Disputing, end);
        conduct.settle(NOW);
        _assertState(IConduct.EpochState.Settled, 0);
        _wrongState(NOW, IConduct.EpochState.Settled);
        _tryPost();
        _wrongState(NOW, IConduct.EpochState.Settled);
        conduct.settle(NOW);
    }

    function test_settle_isNotOfAnEpochThatIsNotPosted() public {
        _wrongState(NOW, IConduct.EpochState.Running);
        conduct.settle(NOW);
        _open();
        _wrongState(NOW, IConduct.EpochState.Collecting);
        conduct.settle(NOW);
    }

    /// @dev Who posts when nobody did in time gives those of higher scores their window again, once.
    function test_post_afterTheWindow_startsItAgain() public {
        _startPosting();
        uint256 missed = conduct.epochOf(NOW).deadline;
        vm.warp(missed + 3 days);
        _assertState(IConduct.EpochState.Posting, missed);
        IConduct.BillLeaf[] memory leaves = _leaves(2);
        address[] memory ranked = _ranked();
        _post(ranked[2], leaves);
        uint256 until = block.timestamp + POSTING;
        _assertState(IConduct.EpochState.Posting, until);
        vm.warp(until - 1);
        _post(ranked[1], leaves);
        vm.warp(until);
        _post(ranked[0], leaves);
        _assertState(IConduct.EpochState.Posting, until);
        vm.assertEq(conduct.epochOf(NOW).bookkeeper, ranked[0]);
        vm.warp(until + 1);
        _assertState(IConduct.EpochState.Disputing, until + DISPUTING);
    }

    /// @dev The last second of the window is in time: it does not start again.
    function test_post_inTime_doesNotMoveTheDeadline() public {
        _startPosting();
        uint256 until = conduct.epochOf(NOW).deadline;
        vm.warp(until);
        _post(_ranked()[1], _leaves(2));
        _assertState(IConduct.EpochState.Posting, until);
        vm.warp(until + 1);
        _assertState(IConduct.EpochState.Disputing, until + DISPUTING);
    }

    function test_post_beforeTheOpening_isNot() public {
        _wrongState(NOW, IConduct.EpochState.Running);
        _tryPost();
        vm.warp(_begin() + EPOCH);
        _wrongState(NOW, IConduct.EpochState.Running);
        _tryPost();
    }

    function test_post_saysWhatItIs() public {
        _startPosting();
        IConduct.Batch memory batch = _batch(_leaves(3));
        uint256 score = _score(members[2]);
        vm.expectEmit(address(conduct));
        emit IConduct.BatchPosted(NOW, members[2], batch, score);
        _post(members[2], batch);
        IConduct.Epoch memory e = conduct.epochOf(NOW);
        vm.assertEq(e.bookkeeper, members[2]);
        vm.assertEq(e.batch.root, batch.root);
        vm.assertEq(e.batch.bills, 3);
        vm.assertEq(e.batch.content, CONTENT);
        vm.assertEq(e.demands, 0);
    }

    function test_post_refusesAnEmptyBatch() public {
        _startPosting();
        for (uint256 i = 0; i < 3; ++i) {
            IConduct.Batch memory batch = _batch(_leaves(3));
            if (i == 0) batch.root = 0;
            else if (i == 1) batch.bills = 0;
            else batch.content = 0;
            (IConduct.Standing memory s, IConduct.Proof memory p) = (_standing(members[0]), _standingProof(members[0]));
            _expectError(IConduct.InvalidBatch.selector);
            _post(members[0], batch, s, p);
        }
    }

    function test_lodge_isUntilTheEndOfTheCollecting() public {
        vm.warp(_begin() + 10);
        IConduct.Bill memory bill = _bill(3);
        bytes memory signature = _signatureOf(_leafOf(bill));
        vm.expectEmit(address(conduct));
        emit IConduct.BillLodged(NOW, _billDigest(bill), bill, signature);
        vm.prank(stranger);
        conduct.lodge(bill, signature);
        _open();
        uint64 until = conduct.epochOf(NOW).deadline;
        vm.warp(until);
        _lodge(_bill(4));
        vm.warp(until + 1);
        (bill, signature) = (_bill(5), _signatureOf(_leafOf(_bill(5))));
        _wrongState(NOW, IConduct.EpochState.Posting);
        conduct.lodge(bill, signature);
        _post(members[0], _leaves(5));
        _pass();
        _wrongState(NOW, IConduct.EpochState.Disputing);
        conduct.lodge(bill, signature);
        _pass();
        conduct.settle(NOW);
        _wrongState(NOW, IConduct.EpochState.Settled);
        conduct.lodge(bill, signature);
    }

    /// @dev An epoch that is over and not open yet still takes bills.
    function test_lodge_isOfAnEpochThatIsNotOpen() public {
        vm.warp(_begin() + 9 * EPOCH);
        _lodge(_bill(0));
    }

    function test_lodge_isOnce() public {
        vm.warp(_begin() + 10);
        IConduct.Bill memory bill = _bill(1);
        _lodge(bill);
        bytes memory signature = _signatureOf(_leafOf(bill));
        _expectError(IConduct.AlreadyLodged.selector, abi.encode(_billDigest(bill)));
        conduct.lodge(bill, signature);
    }

    function test_lodge_isNotOfTheFuture() public {
        IConduct.Bill memory bill = _bill(10);
        bytes memory signature = _signatureOf(_leafOf(bill));
        vm.warp(bill.time - 1);
        _expectError(IConduct.InvalidStatement.selector);
        conduct.lodge(bill, signature);
        vm.warp(bill.time);
        conduct.lodge(bill, signature);
    }

    function test_lodge_isOfABill() public {
        vm.warp(_begin() + EPOCH - 1);
        address newcomer = _newcomer("newcomer");
        for (uint256 i = 0; i < 5; ++i) {
            IConduct.Bill memory bill = _bill(i);
            if (i == 0) bill.requester = newcomer;
            else if (i == 1) bill.collaborator = newcomer;
            else if (i == 2) bill.collaborator = members[0];
            _remember(bill);
            bytes memory signature = _signatureOf(_leafOf(bill));
            if (i == 3) signature = _sign(members[1], _hash(bill));
            if (i == 4) signature = _malleated(signature);
            _expectError(IConduct.InvalidStatement.selector);
            conduct.lodge(bill, signature);
        }
        IConduct.Bill memory early = _bill(1);
        early.time = uint64(START - 1);
        bytes memory valid = _sign(early.requester, _hash(early));
        _expectError(IConduct.TooOld.selector, abi.encode(START - 1));
        conduct.lodge(early, valid);
    }

    /// @dev Two accounts of one person are no two people.
    function test_lodge_isNotBetweenAccountsOfOnePerson() public {
        address second = _newcomer("second account");
        _join(second, BOND, _subject(members[0]));
        vm.warp(_begin() + 10);
        IConduct.Bill memory bill = _bill(1);
        bill.collaborator = second;
        bytes memory signature = _sign(members[0], _hash(bill));
        _expectError(IConduct.InvalidStatement.selector);
        conduct.lodge(bill, signature);
        (bill.requester, bill.collaborator) = (second, members[0]);
        signature = _sign(second, _hash(bill));
        _expectError(IConduct.InvalidStatement.selector);
        conduct.lodge(bill, signature);
        bill.collaborator = members[1];
        conduct.lodge(bill, _sign(second, _hash(bill)));
    }

    /// @dev Who has left was a member: what it did before counts.
    function test_lodge_isOfWhoHasLeft() public {
        vm.warp(_begin() + 10);
        for (uint256 i = 0; i < 2; ++i) {
            vm.prank(members[i]);
            conduct.resign();
        }
        _lodge(_bill(1));
    }

    /// @dev The pay is a sixteenth of the pot, rounded up, so that the pot runs dry one day.
    function test_settle_paysASixteenthOfThePot() public {
        uint256 pot = conduct.pot();
        vm.assertEq(pot, MEMBERS * DUES);
        _startPosting();
        IConduct.BillLeaf[] memory leaves = _leaves(2);
        _post(members[3], leaves);
        _pass();
        _pass();
        uint256 pay = (pot + 15) / 16;
        bytes32 root = _batch(leaves).root;
        vm.expectEmit(address(conduct));
        emit IConduct.EpochSettled(NOW, members[3], root, pay);
        vm.prank(stranger);
        conduct.settle(NOW);
        vm.assertEq(conduct.setAside(members[3]), pay);
        vm.assertEq(conduct.pot(), pot - pay);
        vm.prank(members[3]);
        vm.assertEq(conduct.withdraw(members[3]), pay);
    }

    /// @dev A pot of less than sixteen units still pays one, and an empty one nothing.
    function test_settle_emptiesThePot() public {
        IConduct.Rules memory rules = _rules();
        rules.dues = 1;
        conduct = _deploy(token, rules, attestors, THRESHOLD);
        for (uint256 i = 0; i < 2; ++i) {
            vm.prank(members[i]);
            token.approve(address(conduct), type(uint256).max);
            _join(members[i], BOND, _subject(members[i]));
        }
        _attestStandings(table, LEAST);
        uint256 begin = block.timestamp;
        for (uint64 epoch = 0; epoch < 3; ++epoch) {
            vm.warp(begin + (epoch + 1) * EPOCH);
            conduct.open(epoch);
            vm.warp(conduct.epochOf(epoch).deadline + 1);
            (IConduct.Standing memory s, IConduct.Proof memory p) = (_standing(members[0]), _standingProof(members[0]));
            vm.prank(members[0]);
            conduct.post(epoch, IConduct.Batch("root", 1, CONTENT), s, p);
            vm.warp(conduct.epochOf(epoch).deadline + DISPUTING + 1);
            vm.recordLogs();
            conduct.settle(epoch);
            vm.assertEq(vm.getRecordedLogs().length, epoch == 2 ? 1 : 2);
            vm.assertEq(conduct.setAside(members[0]), epoch == 0 ? 1 : 2);
            vm.assertEq(conduct.pot(), epoch == 0 ? 1 : 0);
        }
    }

    /// @dev The lock of a bookkeeper, or that it has left, does not take what it has earned.
    function test_settle_paysWhoHasLeft() public {
        _startPosting();
        _post(members[3], _leaves(2));
        vm.prank(members[3]);
        conduct.resign();
        _pass();
        _pass();
        conduct.settle(NOW);
        vm.assertEq(conduct.setAside(members[3]), (MEMBERS * DUES + 15) / 16);
    }

    function test_isBilled_afterTheSettlement() public {
        IConduct.BillLeaf[] memory leaves = _leaves(5);
        _startPosting();
        _post(members[3], leaves);
        for (uint256 i = 0; i < 3; ++i) {
            if (i == 2) conduct.settle(NOW);
            for (uint256 k = 0; k < leaves.length; ++k) {
                IConduct.Proof memory proof = _proof(_billLeaves(leaves), k);
                vm.assertTrue(conduct.isBilled(NOW, leaves[k], proof) == (i == 2), "settled");
                vm.assertTrue(!conduct.isBilled(0, leaves[k], proof), "of another epoch");
                ++proof.index;
                vm.assertTrue(!conduct.isBilled(NOW, leaves[k], proof), "elsewhere");
                --proof.index;
                IConduct.BillLeaf memory other = IConduct.BillLeaf(leaves[k].bill, "other");
                vm.assertTrue(!conduct.isBilled(NOW, other, proof), "another signature");
            }
            if (i < 2) _pass();
        }
    }

    function _settled() private {
        _post(members[0], _leaves(1));
        _pass();
        _pass();
        conduct.settle(NOW);
    }

    /// @dev The arguments before the call that the caller expects to fail.
    function _tryPost() private {
        IConduct.Batch memory batch = IConduct.Batch("root", 1, CONTENT);
        IConduct.Proof memory none;
        vm.prank(members[0]);
        conduct.post(NOW, batch, IConduct.Standing(members[0], 0, 0), none);
    }
}
