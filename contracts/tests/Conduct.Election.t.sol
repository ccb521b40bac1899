// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {IConduct} from "../src/IConduct.sol";
import {Epochs} from "./Epochs.sol";

/// @dev Who may post an epoch's bills, and whose post stands.
contract ConductElectionTest is Epochs {
    uint256 private constant ONE = 2 ** 32;
    address private constant SHA256 = address(2);

    struct Vector {
        address account;
        uint32 zones;
        uint256 score;
    }

    /// @dev By Python's whole numbers, whose spreads for another seed are those that BookkeeperElection's tests expect. The seed
    /// of an epoch that is not open is 0.
    function test_scoreOf_isThatOfTheOtherImplementations() public view {
        Vector[6] memory vectors = [
            Vector(address(1), 1, 145709624061938635780815596820),
            Vector(address(2), 7, 1049802259416905455365761907107),
            Vector(address(3), 1000, 112880880416826754007800993341493),
            Vector(address(4), type(uint32).max, 654843884341049889881383385737017579576),
            Vector(address(5), 0, 1451831904),
            Vector(address(type(uint160).max), 12, 1600473774095116723458621532170)
        ];
        for (uint256 i = 0; i < vectors.length; ++i) {
            (, uint256 score) = conduct.scoreOf(9, IConduct.Standing(vectors[i].account, 0, vectors[i].zones));
            vm.assertEq(score, vectors[i].score);
        }
    }

    /// @dev The formula's corners: where the sine is 0, 1, and alike on both sides.
    function test_scoreOf_atTheEdgesOfTheSpread() public {
        uint32[7] memory t = [0, 1, 2 ** 30, 2 ** 31 - 1, 2 ** 31, 3 * 2 ** 30, type(uint32).max];
        uint256[7] memory spreads = [uint256(0), 3, 3031741620, ONE - 1, ONE, 3031741620, 3];
        for (uint256 i = 0; i < t.length; ++i) {
            _drawn(members[0], t[i]);
            IConduct.Standing memory standing = IConduct.Standing(members[0], 0, 3);
            (, uint256 score) = conduct.scoreOf(NOW, standing);
            vm.assertEq(score, 3 * (ONE + spreads[i]) * 2 ** 64 + spreads[i]);
        }
    }

    /// @dev With its own seed each epoch draws anew.
    function test_scoreOf_isOfTheEpochsSeed() public {
        vm.warp(START + 3 * EPOCH);
        for (uint64 epoch = 0; epoch < 2; ++epoch) {
            vm.prevrandao(keccak256(abi.encode(epoch)));
            conduct.open(epoch);
        }
        for (uint64 epoch = 0; epoch < 3; ++epoch) {
            bytes memory drawn = abi.encodePacked(conduct.epochOf(epoch).seed, members[1]);
            uint256 t = uint256(sha256(drawn)) >> 224;
            uint256 spread = (16 * t * (ONE - t) << 32) / ((5 << 64) - 4 * t * (ONE - t));
            (, uint256 score) = conduct.scoreOf(epoch, IConduct.Standing(members[1], 0, 11));
            vm.assertEq(score, 11 * (ONE + spread) * 2 ** 64 + spread);
        }
    }

    function test_scoreOf_saysWhoHasReputationEnough() public {
        _open();
        for (uint32 i = 0; i < 3; ++i) {
            (bool electable,) = conduct.scoreOf(NOW, IConduct.Standing(members[0], LEAST - 1 + i, 1));
            vm.assertTrue(electable == (i > 0), "from the least on");
        }
        // What is attested after the opening counts for the next epoch.
        table[0].zones += 1;
        _attestStandings(table, LEAST + 1);
        (bool still,) = conduct.scoreOf(NOW, IConduct.Standing(members[0], LEAST, 1));
        vm.assertTrue(still, "the least of the epoch's standings");
    }

    function test_post_byTheHighestScoreReplacesTheOthers() public {
        _startPosting();
        address[] memory ranked = _ranked();
        IConduct.BillLeaf[] memory leaves = _leaves(6);
        for (uint256 left = ranked.length; left > 0; --left) {
            uint256 i = left - 1;
            _post(ranked[i], _without(leaves, i));
            IConduct.Epoch memory e = conduct.epochOf(NOW);
            vm.assertEq(e.bookkeeper, ranked[i]);
            vm.assertEq(e.batch.root, _batch(_without(leaves, i)).root);
            for (uint256 k = i + 1; k < ranked.length; ++k) {
                _refused(ranked[k]);
            }
        }
    }

    /// @dev The bookkeeper itself may post something else.
    function test_post_bySameBookkeeperReplaces() public {
        _startPosting();
        _post(members[2], _leaves(2));
        _post(members[2], _leaves(3));
        vm.assertEq(conduct.epochOf(NOW).batch.bills, 3);
    }

    /// @dev Equal scores go to the larger spread: 2 · (1 + 0) and 1 · (1 + 1).
    function test_post_withEqualScoresTheLargerSpreadStands() public {
        table[_place(members[0])].zones = 2;
        table[_place(members[1])].zones = 1;
        _attestStandings(table, LEAST);
        _startPosting();
        _drawn(members[0], 0);
        _drawn(members[1], 2 ** 31);
        vm.assertEq(_score(members[0]) >> 64, _score(members[1]) >> 64);
        _post(members[0], _leaves(1));
        _post(members[1], _leaves(1));
        _refused(members[0]);
    }

    function test_post_withEqualSpreadsTheSmallerAccountStands() public {
        (address small, address large) = (table[0].member, table[1].member);
        (table[0].zones, table[1].zones) = (9, 9);
        (table[0].reputation, table[1].reputation) = (LEAST, LEAST);
        _attestStandings(table, LEAST);
        _startPosting();
        _drawn(small, 12345);
        _drawn(large, uint32(ONE - 12345));
        vm.assertEq(_score(small), _score(large));
        _post(large, _leaves(1));
        _post(small, _leaves(1));
        vm.assertEq(conduct.epochOf(NOW).bookkeeper, small);
        _refused(large);
    }

    /// @dev Where nobody has helped yet and the draw gives 0, there is a bookkeeper still.
    function test_post_withAScoreOfNothing() public {
        table[_place(members[0])].zones = 0;
        _attestStandings(table, LEAST);
        _startPosting();
        _drawn(members[0], 0);
        vm.assertEq(_score(members[0]), 0);
        _post(members[0], _leaves(1));
        vm.assertEq(conduct.epochOf(NOW).bookkeeper, members[0]);
        _post(members[1], _leaves(1));
        vm.assertEq(conduct.epochOf(NOW).bookkeeper, members[1]);
    }

    function test_post_needsTheLeastReputation() public {
        _startPosting();
        _refused(members[MEMBERS - 1]);
    }

    function test_post_isNotOfWhoIsLocked() public {
        _startPosting();
        _verdict(members[2]);
        _refused(members[2]);
        vm.warp(conduct.memberOf(members[2]).lockedUntil);
        _refused(members[2]);
        vm.warp(block.timestamp + 1);
        _post(members[2], _leaves(1));
    }

    /// @dev A lock that comes later leaves the batch where it is.
    function test_post_standsWhenItsAuthorIsLocked() public {
        _startPosting();
        _post(members[2], _leaves(1));
        _verdict(members[2]);
        _pass();
        _pass();
        conduct.settle(NOW);
        vm.assertEq(conduct.epochOf(NOW).bookkeeper, members[2]);
    }

    function test_post_isNotOfWhoHasLeft() public {
        _startPosting();
        vm.prank(members[2]);
        conduct.resign();
        IConduct.Batch memory batch = _batch(_leaves(1));
        (IConduct.Standing memory s, IConduct.Proof memory p) = (_standing(members[2]), _standingProof(members[2]));
        _expectError(IConduct.NotMember.selector, abi.encode(members[2]));
        _post(members[2], batch, s, p);
        _join(members[2], 0, _subject(members[2]));
        _post(members[2], batch);
    }

    /// @dev The standing belongs to the account, not to the person.
    function test_post_isNotOfAnotherAccount() public {
        address second = _newcomer("second account");
        _join(second, BOND, _subject(members[2]));
        _startPosting();
        IConduct.Batch memory batch = _batch(_leaves(1));
        (IConduct.Standing memory s, IConduct.Proof memory p) = (_standing(members[2]), _standingProof(members[2]));
        _expectError(IConduct.NotMember.selector, abi.encode(second));
        _post(second, batch, s, p);
        s.member = second;
        _expectError(IConduct.InvalidProof.selector);
        _post(second, batch, s, p);
    }

    /// @dev The bond has to cover the fine of a false batch.
    function test_post_needsTheFineInTheBond() public {
        for (uint256 i = 0; i < 3; ++i) {
            _verdict(members[2]);
        }
        vm.assertEq(conduct.memberOf(members[2]).bond, BOND - 3 * FINE);
        vm.prank(members[2]);
        conduct.addBond(4 * FINE - BOND - 1);
        vm.warp(_begin() + 3 * EPOCH);
        vm.warp(conduct.memberOf(members[2]).lockedUntil + 1);
        conduct.open(NOW);
        _pass();
        IConduct.Batch memory batch = _batch(_leaves(1));
        (IConduct.Standing memory s, IConduct.Proof memory p) = (_standing(members[2]), _standingProof(members[2]));
        _expectError(IConduct.BondTooLow.selector, abi.encode(FINE - 1, FINE));
        _post(members[2], batch, s, p);
        vm.prank(members[2]);
        conduct.addBond(1);
        _post(members[2], batch, s, p);
    }

    function test_post_needsTheStandingsOfTheEpoch() public {
        bytes32 root = conduct.standings();
        _startPosting();
        IConduct.Batch memory batch = _batch(_leaves(1));
        for (uint256 i = 0; i < 4; ++i) {
            (IConduct.Standing memory s, IConduct.Proof memory p) = (_standing(members[2]), _standingProof(members[2]));
            if (i == 0) s.zones += 1;
            else if (i == 1) s.reputation += 1;
            else if (i == 2) p.index ^= 1;
            else p.siblings[0] = 0;
            _expectError(IConduct.InvalidProof.selector);
            _post(members[2], batch, s, p);
        }
        // What is attested after the opening counts for the next epoch.
        table[_place(members[2])].zones = 100;
        _attestStandings(table, LEAST);
        vm.assertTrue(conduct.standings() != root, "other standings");
        IConduct.Standing memory later = _standing(members[2]);
        IConduct.Proof memory proof = _standingProof(members[2]);
        _expectError(IConduct.InvalidProof.selector);
        _post(members[2], batch, later, proof);
    }

    /// @dev Whose batch was refuted is out of the epoch, and of no other.
    function test_post_isNotOfWhoWasRefuted() public {
        vm.warp(_begin() + EPOCH - 1);
        IConduct.BillLeaf[] memory leaves = _leaves(2);
        _lodge(_billOf(leaves[0]));
        _startPosting();
        _post(members[2], _without(leaves, 0));
        _refuteOmission(_billOf(leaves[0]), "", _gap(_without(leaves, 0), 0));
        vm.warp(conduct.memberOf(members[2]).lockedUntil + 1);
        vm.assertTrue(conduct.isAllowed(members[2]), "not locked any more");
        _refused(members[2]);
        (IConduct.Standing memory s, IConduct.Proof memory p) = (_standing(members[2]), _standingProof(members[2]));
        conduct.open(NOW + 1);
        vm.warp(conduct.epochOf(NOW + 1).deadline + 1);
        vm.prank(members[2]);
        conduct.post(NOW + 1, IConduct.Batch("root", 1, CONTENT), s, p);
    }

    /// @dev As though the seed had given it this t.
    function _drawn(address member, uint32 t) private {
        bytes memory hashed = abi.encodePacked(conduct.epochOf(NOW).seed, member);
        vm.mockCall(SHA256, hashed, abi.encode(bytes32(uint256(t) << 224 | type(uint224).max)));
    }

    function _verdict(address member) private {
        bytes32 evidence = keccak256(abi.encode(member, conduct.memberOf(member).offences));
        uint64 time = uint64(block.timestamp);
        bytes32 typeHash = keccak256("Verdict(address offender,uint8 offence,bytes32 evidence,uint64 committedAt)");
        IConduct.Offence offence = IConduct.Offence.MissingReview;
        bytes[] memory signatures = _attest(keccak256(abi.encode(typeHash, member, offence, evidence, time)));
        conduct.penalise(member, offence, evidence, time, signatures);
    }

    function _refused(address member) private {
        (IConduct.Standing memory s, IConduct.Proof memory p) = (_standing(member), _standingProof(member));
        _expectError(IConduct.NotElected.selector, abi.encode(member));
        _post(member, IConduct.Batch("root", 1, CONTENT), s, p);
    }
}
