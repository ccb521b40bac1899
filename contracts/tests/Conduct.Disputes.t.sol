// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {IConduct} from "../src/IConduct.sol";
import {Epochs} from "./Epochs.sol";

/// @dev What can be said against a batch, and what cannot.
contract ConductDisputesTest is Epochs {
    uint256 private constant MOST = 9;

    address private bookkeeper;
    address private next;
    address private witness;

    function setUp() public override {
        super.setUp();
        vm.warp(_begin() + EPOCH - 1);
        witness = members[MEMBERS - 1];
    }

    // Omission

    /// @dev Every bill of every batch up to nine, lodged or with a receipt: at the beginning, in the middle, at the end.
    function test_refuteOmission_wherever_theBillIsMissing() public {
        uint256 before = vm.snapshotState();
        for (uint256 n = 1; n <= MOST; ++n) {
            for (uint256 k = 0; k <= n; ++k) {
                IConduct.BillLeaf[] memory leaves = _leaves(n + 1);
                bool lodged = (n + k) % 2 == 0;
                if (lodged) _lodge(_billOf(leaves[k]));
                _posting();
                _post(bookkeeper, _without(leaves, k));
                _refuteOmission(
                    _billOf(leaves[k]),
                    lodged ? bytes("") : _receipt(bookkeeper, _billOf(leaves[k])),
                    _gap(_without(leaves, k), k)
                );
                _assertRefuted(bookkeeper, 1);
                vm.assertTrue(vm.revertToState(before), "state restored");
                before = vm.snapshotState();
            }
        }
    }

    /// @dev No gap of a batch that holds the bill convicts: not one beside it, not one at an edge.
    function test_refuteOmission_notOfABillThatIsThere() public {
        uint256 before = vm.snapshotState();
        for (uint256 n = 1; n <= MOST; ++n) {
            IConduct.BillLeaf[] memory leaves = _leaves(n);
            for (uint256 k = 0; k < n; ++k) {
                _lodge(_billOf(leaves[k]));
            }
            _posting();
            _post(bookkeeper, leaves);
            for (uint256 k = 0; k < n; ++k) {
                for (uint256 place = 0; place <= n; ++place) {
                    _failsOmission(leaves[k], _gap(leaves, place));
                }
            }
            vm.assertTrue(vm.revertToState(before), "state restored");
            before = vm.snapshotState();
        }
    }

    /// @dev The place is between neighbours and nowhere else, and both stand where they are said to.
    function test_refuteOmission_needsNeighbours() public {
        IConduct.BillLeaf[] memory leaves = _leaves(7);
        _lodge(_billOf(leaves[3]));
        _posting();
        IConduct.BillLeaf[] memory rest = _without(leaves, 3);
        _post(bookkeeper, rest);
        for (uint256 place = 0; place <= 6; ++place) {
            if (place != 3) _failsOmission(leaves[3], _gap(rest, place));
        }
        for (uint256 i = 0; i < 8; ++i) {
            Gap memory gap = _gap(rest, 3);
            if (i == 0) gap.before = rest[1];
            else if (i == 1) gap.next = rest[4];
            else if (i == 2) gap.beforeSiblings[0] = 0;
            else if (i == 3) gap.nextProof.siblings[0] = 0;
            else if (i == 4) gap.beforeSiblings = _proof(_billLeaves(rest), 1).siblings;
            else if (i == 5) gap.before.signatureHash = 0;
            else if (i == 6) gap.next.signatureHash = 0;
            else gap.nextProof.index = 7;
            _failsOmission(leaves[3], gap);
        }
        // One side that convinces is not enough.
        Gap memory half = _gap(rest, 3);
        half.next = _gap(rest, 4).next;
        half.nextProof.siblings = _gap(rest, 4).nextProof.siblings;
        _failsOmission(leaves[3], half);
        half = _gap(rest, 3);
        (half.before, half.beforeSiblings) = (_gap(rest, 2).before, _gap(rest, 2).beforeSiblings);
        _failsOmission(leaves[3], half);
        _refuteOmission(_billOf(leaves[3]), "", _gap(rest, 3));
    }

    /// @dev Without a lodging or the bookkeeper's own receipt nobody owes it.
    function test_refuteOmission_needsLodgingOrReceipt() public {
        IConduct.BillLeaf[] memory leaves = _leaves(4);
        _posting();
        IConduct.BillLeaf[] memory rest = _without(leaves, 2);
        _post(bookkeeper, rest);
        IConduct.Bill memory bill = _billOf(leaves[2]);
        bytes memory receipt;
        for (uint256 i = 0; i < 5; ++i) {
            if (i == 1) receipt = _receipt(next, bill);
            else if (i == 2) receipt = _receipt(bookkeeper, _billOf(leaves[1]));
            else if (i == 3) receipt = _malleated(_receipt(bookkeeper, bill));
            else if (i == 4) receipt = _otherReceipt(bookkeeper, bill, NOW + 1);
            _expectError(IConduct.InvalidStatement.selector);
            _refuteOmission(bill, receipt, _gap(rest, 2));
            _expectError(IConduct.InvalidStatement.selector);
            _demandBill(witness, bill, receipt);
        }
        _refuteOmission(bill, _receipt(bookkeeper, bill), _gap(rest, 2));
        _assertRefuted(bookkeeper, 1);
    }

    /// @dev A receipt for what is no bill binds nobody, as the batch must not contain it.
    function test_refuteOmission_needsABill() public {
        IConduct.BillLeaf[] memory leaves = _leaves(4);
        _posting();
        _post(bookkeeper, leaves);
        address newcomer = _newcomer("newcomer");
        for (uint256 i = 0; i < 5; ++i) {
            IConduct.Bill memory bill = _alien(i, newcomer);
            bytes memory receipt = _receipt(bookkeeper, bill);
            _remember(bill);
            bytes memory signature = _signatureOf(_leafOf(bill));
            if (i == 4) signature = _sign(members[1], _hash(bill));
            _remember(bill, signature);
            Gap memory gap = _gap(leaves, _above(leaves, _billDigest(bill)));
            if (i == 0) _wrongState(0, IConduct.EpochState.Running);
            else _expectError(IConduct.InvalidStatement.selector);
            _refuteOmission(bill, receipt, gap);
        }
    }

    /// @dev The requester can sign one bill twice; which of the two stands there does not matter.
    function test_refuteOmission_notByAnotherSignature() public {
        IConduct.BillLeaf[] memory leaves = _leaves(3);
        IConduct.Bill memory bill = _billOf(leaves[1]);
        _lodge(bill);
        leaves[1].signatureHash = keccak256("another valid signature");
        _posting();
        _post(bookkeeper, leaves);
        for (uint256 place = 0; place <= 3; ++place) {
            _failsOmission(leaves[1], _gap(leaves, place));
        }
    }

    function test_refuteOmission_isOfTheBatchThatStands() public {
        IConduct.BillLeaf[] memory leaves = _leaves(3);
        _lodge(_billOf(leaves[1]));
        _posting();
        IConduct.Bill memory bill = _billOf(leaves[1]);
        Gap memory gap = _gap(_without(leaves, 1), 1);
        _wrongState(NOW, IConduct.EpochState.Posting);
        _refuteOmission(bill, "", gap);
        _post(next, _without(leaves, 1));
        _post(bookkeeper, leaves);
        _expectError(IConduct.InvalidProof.selector);
        _refuteOmission(bill, "", gap);
        // Nor does the receipt of who was replaced bind the successor.
        bill = _bill(7);
        bytes memory receipt = _receipt(next, bill);
        gap = _gap(leaves, _above(leaves, _billDigest(bill)));
        _expectError(IConduct.InvalidStatement.selector);
        _refuteOmission(bill, receipt, gap);
    }

    // What is no bill

    /// @dev In every place of every batch up to nine.
    function test_refuteBill_whereverItStands() public {
        uint256 before = vm.snapshotState();
        address newcomer = _newcomer("newcomer");
        for (uint256 n = 0; n < MOST; ++n) {
            for (uint256 i = 0; i < 6; ++i) {
                IConduct.Bill memory bill = _alien(i, newcomer);
                bytes memory signature = _sign(bill.requester, _hash(bill));
                if (i == 4) signature = _sign(members[1], _hash(bill));
                if (i == 5) signature = _malleated(signature);
                IConduct.BillLeaf memory leaf = _remember(bill, signature);
                IConduct.BillLeaf[] memory leaves = _with(_leaves(n), leaf);
                _posting();
                _post(bookkeeper, leaves);
                _refuteBill(leaves, _indexOf(leaves, leaf.bill));
                _assertRefuted(bookkeeper, 1);
                vm.assertTrue(vm.revertToState(before), "state restored");
                before = vm.snapshotState();
                newcomer = _newcomer("newcomer");
            }
        }
    }

    function test_refuteBill_beforeTheStart() public {
        IConduct.Bill memory bill = _bill(0);
        bill.time = uint64(START - 1);
        _single(_remember(bill));
    }

    function test_refuteBill_ofALaterEpoch() public {
        IConduct.Bill memory bill = _bill(0);
        bill.time = uint64(_begin() + EPOCH);
        _single(_remember(bill));
    }

    function test_refuteBill_betweenAccountsOfOnePerson() public {
        address second = _newcomer("second account");
        _join(second, BOND, _subject(members[0]));
        IConduct.Bill memory bill = _bill(0);
        bill.collaborator = second;
        _single(_remember(bill));
    }

    function test_refuteBill_ofNoSignatureAtAll() public {
        _single(_remember(_bill(0), ""));
    }

    function test_refuteBill_ofNobody() public {
        IConduct.Bill memory bill = _bill(0);
        bill.requester = address(0);
        _single(_remember(bill, _signatureOf(_leafOf(_bill(0)))));
    }

    function test_refuteBill_notOfABill() public {
        IConduct.BillLeaf[] memory leaves = _leaves(5);
        _posting();
        _post(bookkeeper, leaves);
        for (uint256 i = 0; i < 5; ++i) {
            _failsBill(leaves[i], leaves, i, _signatureOf(leaves[i]), IConduct.InvalidStatement.selector);
            // What the batch does not hold is not the bookkeeper's: another signature, another place.
            bytes memory high = _malleated(_signatureOf(leaves[i]));
            _failsBill(leaves[i], leaves, i, high, IConduct.InvalidProof.selector);
            _failsBill(leaves[i], leaves, (i + 1) % 5, _signatureOf(leaves[i]), IConduct.InvalidProof.selector);
        }
    }

    // Order

    function test_refuteOrder_whereverItIsBroken() public {
        uint256 before = vm.snapshotState();
        for (uint256 n = 2; n <= MOST; ++n) {
            for (uint256 k = 1; k < n; ++k) {
                for (uint256 twice = 0; twice < 2; ++twice) {
                    IConduct.BillLeaf[] memory leaves = _leaves(n);
                    if (twice == 1) leaves[k] = leaves[k - 1];
                    else (leaves[k - 1], leaves[k]) = (leaves[k], leaves[k - 1]);
                    _posting();
                    _post(bookkeeper, leaves);
                    _refuteOrder(leaves, k);
                    _assertRefuted(bookkeeper, 1);
                    vm.assertTrue(vm.revertToState(before), "state restored");
                    before = vm.snapshotState();
                }
            }
        }
    }

    /// @dev Signed twice it is still one bill.
    function test_refuteOrder_ofOneBillWithTwoSignatures() public {
        IConduct.BillLeaf[] memory leaves = _leaves(1);
        IConduct.BillLeaf memory twin = IConduct.BillLeaf(leaves[0].bill, keccak256("another valid signature"));
        leaves = _with(leaves, twin);
        _posting();
        _post(bookkeeper, leaves);
        _refuteOrder(leaves, 1);
        _assertRefuted(bookkeeper, 1);
    }

    function test_refuteOrder_notOfAnOrderedBatch() public {
        IConduct.BillLeaf[] memory leaves = _leaves(6);
        _posting();
        _post(bookkeeper, leaves);
        for (uint256 k = 0; k < 6; ++k) {
            _failsOrder(_gap(leaves, k));
            // The right one first, a leaf beside itself, and two that are no neighbours.
            Gap memory gap = _gap(leaves, k);
            (gap.before, gap.next) = (gap.next, gap.before);
            _failsOrder(gap);
            gap = _gap(leaves, k);
            (gap.before, gap.beforeSiblings) = (gap.next, gap.nextProof.siblings);
            _failsOrder(gap);
            gap = _gap(leaves, k);
            gap.before = leaves[5];
            gap.beforeSiblings = _proof(_billLeaves(leaves), 5).siblings;
            _failsOrder(gap);
            gap = _gap(leaves, 5);
            gap.next = leaves[0];
            gap.nextProof.siblings = _proof(_billLeaves(leaves), 0).siblings;
            _failsOrder(gap);
        }
    }

    // Demands

    function test_demand_isShown() public {
        IConduct.BillLeaf[] memory leaves = _leaves(5);
        _posting();
        _post(bookkeeper, leaves);
        for (uint256 i = 0; i < 3; ++i) {
            uint64 until = uint64(block.timestamp + ANSWERING);
            vm.expectEmit(address(conduct));
            emit IConduct.BillDemanded(NOW, i, witness, until);
            _demand(witness, i);
            vm.assertEq(conduct.epochOf(NOW).demands, i + 1);
        }
        vm.assertEq(conduct.memberOf(witness).bond, BOND);
        for (uint256 i = 0; i < 3; ++i) {
            IConduct.Bill memory bill = _billOf(leaves[i]);
            bytes memory signature = _signatureOf(leaves[i]);
            vm.expectEmit(address(conduct));
            emit IConduct.BillShown(NOW, i, bill, signature);
            vm.prank(stranger);
            _show(leaves, i);
            vm.assertEq(conduct.epochOf(NOW).demands, 2 - i);
            vm.assertEq(conduct.memberOf(witness).bond, BOND - (i + 1) * FINE);
            vm.assertEq(conduct.setAside(bookkeeper), (i + 1) * FINE);
            _notDemanded(leaves, i);
            _expectError(IConduct.InvalidProof.selector);
            _demand(members[0], i);
        }
        _pass();
        _pass();
        conduct.settle(NOW);
    }

    function test_demand_isOfABillOfABatch() public {
        IConduct.BillLeaf[] memory leaves = _leaves(5);
        _posting();
        _wrongState(NOW, IConduct.EpochState.Posting);
        _demand(witness, 0);
        _post(bookkeeper, leaves);
        _expectError(IConduct.InvalidProof.selector);
        _demand(witness, 5);
        _demand(witness, 4);
        _expectError(IConduct.InvalidProof.selector);
        _demand(members[0], 4);
        _notDemanded(leaves, 3);
        _expectError(IConduct.NotDemanded.selector, abi.encode(NOW, 3));
        conduct.refuteSilence(NOW, 3);
    }

    function test_demand_isAMembers() public {
        _posting();
        _post(bookkeeper, _leaves(5));
        _expectError(IConduct.NotMember.selector, abi.encode(stranger));
        _demand(stranger, 0);
        vm.prank(witness);
        conduct.resign();
        _expectError(IConduct.NotMember.selector, abi.encode(witness));
        _demand(witness, 0);
    }

    /// @dev Who demands everything has to be able to pay for everything: else it would cost the bookkeeper more than the
    /// one who demands.
    function test_demand_isCoveredByTheBond() public {
        IConduct.BillLeaf[] memory leaves = _leaves(8);
        _posting();
        _post(bookkeeper, leaves);
        for (uint256 i = 0; i < BOND / FINE; ++i) {
            _demand(witness, i);
        }
        _bondTooLow(3, BOND, 4 * FINE);
        vm.prank(witness);
        conduct.addBond(4 * FINE - BOND - 1);
        _bondTooLow(3, 4 * FINE - 1, 4 * FINE);
        vm.prank(witness);
        conduct.addBond(1);
        _demand(witness, 3);
        for (uint256 i = 0; i < 4; ++i) {
            _show(leaves, i);
        }
        vm.assertEq(conduct.setAside(bookkeeper), 4 * FINE);
        vm.assertEq(conduct.memberOf(witness).bond, 0);
        // What is shown and paid is not to be covered any more, and others' demands never were.
        _bondTooLow(4, 0, FINE);
        vm.prank(witness);
        conduct.addBond(FINE);
        _demand(witness, 4);
        for (uint256 i = 5; i < 8; ++i) {
            _demand(members[0], i);
        }
    }

    function test_show_needsTheBillThatStandsThere() public {
        IConduct.BillLeaf[] memory leaves = _leaves(5);
        IConduct.Bill memory alien = _bill(50);
        alien.collaborator = members[0];
        leaves[2] = _remember(alien);
        leaves[0].signatureHash = keccak256("another valid signature");
        _posting();
        _post(bookkeeper, leaves);
        for (uint256 i = 0; i < 3; ++i) {
            _demand(witness, i);
        }
        // Another's place, no bill, and a signature that is not the leaf's.
        _failsShow(leaves[1], leaves, 0, _signatureOf(leaves[1]));
        _failsShow(leaves[2], leaves, 2, _signatureOf(leaves[2]));
        _failsShow(leaves[0], leaves, 0, _signatureOf(leaves[0]));
        vm.assertEq(conduct.epochOf(NOW).demands, 3);
    }

    function test_refuteSilence_afterTheTime() public {
        IConduct.BillLeaf[] memory leaves = _leaves(5);
        _posting();
        _post(bookkeeper, leaves);
        _demand(witness, 3);
        _demand(members[0], 4);
        uint256 until = block.timestamp + ANSWERING;
        vm.warp(until);
        _expectError(IConduct.TooEarly.selector, abi.encode(until));
        conduct.refuteSilence(NOW, 3);
        vm.warp(until + 1);
        vm.expectEmit(address(conduct));
        emit IConduct.BatchRefuted(NOW, bookkeeper, uint64(until + 1 + POSTING));
        vm.prank(stranger);
        conduct.refuteSilence(NOW, 3);
        _assertRefuted(bookkeeper, 1);
        vm.assertEq(conduct.setAside(stranger), FINE);
        vm.assertEq(conduct.memberOf(witness).bond, BOND);
        vm.assertEq(conduct.memberOf(bookkeeper).bond, BOND - FINE);
        for (uint256 i = 3; i < 5; ++i) {
            _expectError(IConduct.NotDemanded.selector, abi.encode(NOW, i));
            conduct.refuteSilence(NOW, i);
            _notDemanded(leaves, i);
        }
    }

    /// @dev Late, but before anybody said so.
    function test_show_afterTheTime() public {
        IConduct.BillLeaf[] memory leaves = _leaves(5);
        _posting();
        _post(bookkeeper, leaves);
        _demand(witness, 3);
        vm.warp(block.timestamp + ANSWERING + 1);
        _show(leaves, 3);
        _expectError(IConduct.NotDemanded.selector, abi.encode(NOW, 3));
        conduct.refuteSilence(NOW, 3);
    }

    /// @dev A demand of the last second keeps the epoch open until it is answered or the silence refuted.
    function test_settle_waitsForDemands() public {
        IConduct.BillLeaf[] memory leaves = _leaves(2);
        _posting();
        _post(bookkeeper, leaves);
        _pass();
        uint256 end = conduct.epochOf(NOW).deadline;
        vm.warp(end);
        _demand(witness, 0);
        vm.warp(end + 1);
        _wrongState(NOW, IConduct.EpochState.Disputing);
        _demand(witness, 1);
        _expectError(IConduct.InvalidBatch.selector);
        conduct.settle(NOW);
        uint256 before = vm.snapshotState();
        _show(leaves, 0);
        conduct.settle(NOW);
        vm.assertTrue(vm.revertToState(before), "state restored");
        vm.warp(end + ANSWERING + 1);
        _expectError(IConduct.InvalidBatch.selector);
        conduct.settle(NOW);
        conduct.refuteSilence(NOW, 0);
        _assertRefuted(bookkeeper, 1);
        _post(next, leaves);
        _pass();
        _pass();
        conduct.settle(NOW);
    }

    /// @dev What was demanded of a post that a higher one replaced is asked of nobody, also when its author posts the
    /// same again after the higher one fell.
    function test_demand_endsWithThePost() public {
        IConduct.BillLeaf[] memory leaves = _leaves(4);
        _lodge(_billOf(leaves[3]));
        _posting();
        _post(next, leaves);
        _demand(witness, 2);
        _post(bookkeeper, _without(leaves, 3));
        vm.assertEq(conduct.epochOf(NOW).demands, 0);
        _notDemanded(leaves, 2);
        vm.warp(block.timestamp + ANSWERING + 1);
        _expectError(IConduct.NotDemanded.selector, abi.encode(NOW, 2));
        conduct.refuteSilence(NOW, 2);
        _refuteOmission(_billOf(leaves[3]), "", _gap(_without(leaves, 3), 3));
        _post(next, leaves);
        _expectError(IConduct.NotDemanded.selector, abi.encode(NOW, 2));
        conduct.refuteSilence(NOW, 2);
        // It can be demanded anew, and the bond covers as much as before.
        for (uint256 i = 0; i < BOND / FINE; ++i) {
            _demand(witness, i);
            _show(leaves, i);
        }
        vm.assertEq(conduct.memberOf(next).offences, 0);
    }

    /// @dev A bookkeeper that posts the same again cannot be held to what was asked before, nor is it rid of it.
    function test_demand_ofThePostBefore() public {
        IConduct.BillLeaf[] memory leaves = _leaves(4);
        _posting();
        _post(bookkeeper, leaves);
        _demand(witness, 2);
        _post(bookkeeper, leaves);
        _notDemanded(leaves, 2);
        _expectError(IConduct.NotDemanded.selector, abi.encode(NOW, 2));
        conduct.refuteSilence(NOW, 2);
        _pass();
        _demand(witness, 2);
        _show(leaves, 2);
        _demand(witness, 3);
        vm.warp(block.timestamp + ANSWERING + 1);
        conduct.refuteSilence(NOW, 3);
        _assertRefuted(bookkeeper, 1);
    }

    /// @dev Also where one bookkeeper's first post of two epochs is demanded.
    function test_demand_isOfItsEpoch() public {
        vm.warp(_begin() + 2 * EPOCH);
        conduct.open(NOW + 1);
        conduct.open(NOW);
        _pass();
        IConduct.BillLeaf[] memory leaves = _leaves(2);
        (IConduct.Standing memory s, IConduct.Proof memory p) = (_standing(members[0]), _standingProof(members[0]));
        _post(members[0], leaves);
        vm.prank(members[0]);
        conduct.post(NOW + 1, IConduct.Batch("root", 2, CONTENT), s, p);
        for (uint256 i = 0; i < BOND / FINE; ++i) {
            vm.prank(witness);
            conduct.demand(i == 0 ? NOW + 1 : NOW, i == 0 ? 0 : i - 1);
        }
        vm.assertEq(conduct.epochOf(NOW).demands, 2);
        _show(leaves, 0);
        _notDemanded(leaves, 0);
        _show(leaves, 1);
        vm.assertEq(conduct.epochOf(NOW).demands, 0);
        vm.assertEq(conduct.epochOf(NOW + 1).demands, 1);
    }

    /// @dev A bookkeeper that keeps its batch to itself cannot leave out what it owes: nobody could prove where it is
    /// missing.
    function test_demandBill_ofWhatIsOwed() public {
        IConduct.BillLeaf[] memory leaves = _leaves(5);
        _lodge(_billOf(leaves[2]));
        bytes memory receipt = _receipt(_firstBookkeeper(), _billOf(leaves[1]));
        _post(bookkeeper, _without(_without(leaves, 2), 1));
        uint64 until = uint64(block.timestamp + ANSWERING);
        IConduct.Bill memory bill = _billOf(leaves[2]);
        vm.expectEmit(address(conduct));
        emit IConduct.BillDemanded(NOW, uint256(leaves[2].bill), witness, until);
        _demandBill(witness, bill, "");
        _expectError(IConduct.InvalidProof.selector);
        _demandBill(members[0], bill, "");
        _demandBill(members[0], _billOf(leaves[1]), receipt);
        vm.assertEq(conduct.epochOf(NOW).demands, 2);
        // Nothing else is an answer.
        IConduct.BillLeaf[] memory rest = _without(_without(leaves, 2), 1);
        _notDemanded(rest, 0);
        _failsShow(leaves[2], rest, 1, _signatureOf(leaves[2]));
        vm.warp(until + 1);
        uint256 before = vm.snapshotState();
        for (uint256 i = 1; i < 3; ++i) {
            conduct.refuteSilence(NOW, uint256(leaves[i].bill));
            _assertRefuted(bookkeeper, 1);
            vm.assertTrue(vm.revertToState(before), "state restored");
            before = vm.snapshotState();
        }
    }

    function test_demandBill_isShownWhereItStands() public {
        IConduct.BillLeaf[] memory leaves = _leaves(5);
        _lodge(_billOf(leaves[2]));
        _firstBookkeeper();
        _post(bookkeeper, leaves);
        _demandBill(witness, _billOf(leaves[2]), "");
        _demand(members[0], 2);
        _show(leaves, 2);
        vm.assertEq(conduct.epochOf(NOW).demands, 1);
        vm.assertEq(conduct.memberOf(witness).bond, BOND - FINE);
        vm.assertEq(conduct.memberOf(members[0]).bond, BOND);
        _show(leaves, 2);
        vm.assertEq(conduct.epochOf(NOW).demands, 0);
        vm.assertEq(conduct.memberOf(members[0]).bond, BOND - FINE);
        vm.assertEq(conduct.setAside(bookkeeper), 2 * FINE);
        _notDemanded(leaves, 2);
        _expectError(IConduct.NotDemanded.selector, abi.encode(NOW, uint256(leaves[2].bill)));
        conduct.refuteSilence(NOW, uint256(leaves[2].bill));
        IConduct.Bill memory bill = _billOf(leaves[2]);
        _expectError(IConduct.InvalidProof.selector);
        _demandBill(members[3], bill, "");
    }

    function test_demandBill_isCoveredByTheBond() public {
        IConduct.BillLeaf[] memory leaves = _leaves(4);
        _lodge(_billOf(leaves[3]));
        _firstBookkeeper();
        _post(bookkeeper, leaves);
        for (uint256 i = 0; i < BOND / FINE; ++i) {
            _demand(witness, i);
        }
        IConduct.Bill memory bill = _billOf(leaves[3]);
        _expectError(IConduct.BondTooLow.selector, abi.encode(BOND, 4 * FINE));
        _demandBill(witness, bill, "");
        _expectError(IConduct.NotMember.selector, abi.encode(stranger));
        _demandBill(stranger, bill, "");
    }

    // What a refutation does

    function test_refute_convictsAndPaysWhoProvedIt() public {
        IConduct.BillLeaf[] memory leaves = _leaves(3);
        _lodge(_billOf(leaves[0]));
        _posting();
        IConduct.BillLeaf[] memory rest = _without(leaves, 0);
        _post(bookkeeper, rest);
        bytes32 evidence = keccak256(abi.encode(NOW, bookkeeper, _batch(rest).root));
        vm.warp(block.timestamp + 60);
        uint64 until = uint64(block.timestamp + POSTING);
        uint64 locked = uint64(block.timestamp + LOCK);
        vm.expectEmit(address(conduct));
        emit IConduct.BatchRefuted(NOW, bookkeeper, until);
        vm.expectEmit(address(conduct));
        emit IConduct.Penalised(bookkeeper, IConduct.Offence.FalseBatch, evidence, 0, address(this), 1, locked, FINE);
        _refuteOmission(_billOf(leaves[0]), "", _gap(rest, 0));
        vm.assertEq(conduct.setAside(address(this)), FINE);
        vm.assertEq(conduct.memberOf(bookkeeper).bond, BOND - FINE);
        _assertState(IConduct.EpochState.Posting, until);
        _wrongState(NOW, IConduct.EpochState.Posting);
        conduct.settle(NOW);
    }

    /// @dev Who was outbid by the one that fell, and who never posted, may all post; a lower score than the fallen one's
    /// is enough.
    function test_refute_letsTheOthersPost() public {
        IConduct.BillLeaf[] memory leaves = _leaves(3);
        _lodge(_billOf(leaves[2]));
        _posting();
        address[] memory ranked = _ranked();
        for (uint256 i = 0; i < ranked.length - 1; ++i) {
            _post(ranked[i], _without(leaves, 2));
            if (i % 2 == 0) _pass();
            _refuteOmission(_billOf(leaves[2]), "", _gap(_without(leaves, 2), 2));
            _assertRefuted(ranked[i], 1);
        }
        _post(ranked[ranked.length - 1], leaves);
        _pass();
        _pass();
        conduct.settle(NOW);
        vm.assertEq(conduct.epochOf(NOW).bookkeeper, ranked[ranked.length - 1]);
        for (uint256 i = 0; i < ranked.length - 1; ++i) {
            vm.assertEq(conduct.setAside(ranked[i]), 0);
        }
    }

    /// @dev However early or late the batch falls, the others have the whole window.
    function test_refute_startsThePostingAgain() public {
        IConduct.BillLeaf[] memory leaves = _leaves(3);
        _lodge(_billOf(leaves[2]));
        _posting();
        for (uint256 i = 0; i < 3; ++i) {
            if (i == 1) vm.warp(conduct.epochOf(NOW).deadline);
            if (i == 2) vm.warp(conduct.epochOf(NOW).deadline + 5 * POSTING);
            _post(members[i], _without(leaves, 2));
            _refuteOmission(_billOf(leaves[2]), "", _gap(_without(leaves, 2), 2));
            _assertState(IConduct.EpochState.Posting, block.timestamp + POSTING);
        }
    }

    /// @dev After the last second of the disputes, and after the settlement, nothing is said against a batch any more.
    function test_refute_notAfterTheDisputes() public {
        IConduct.BillLeaf[] memory leaves = _leaves(3);
        IConduct.Bill memory bill = _billOf(leaves[2]);
        _lodge(bill);
        _posting();
        IConduct.BillLeaf[] memory wrong = _without(leaves, 2);
        (wrong[0], wrong[1]) = (wrong[1], wrong[0]);
        wrong[0] = _remember(_alien(1, stranger));
        _post(bookkeeper, wrong);
        _pass();
        _pass();
        for (uint256 i = 0; i < 2; ++i) {
            IConduct.EpochState state = i == 0 ? IConduct.EpochState.Disputing : IConduct.EpochState.Settled;
            _wrongState(NOW, state);
            _refuteOmission(bill, "", _gap(wrong, 2));
            _wrongState(NOW, state);
            _refuteBill(wrong, 0);
            _wrongState(NOW, state);
            _refuteOrder(wrong, 1);
            _wrongState(NOW, state);
            _demand(witness, 0);
            _wrongState(NOW, state);
            _demandBill(witness, bill, "");
            if (i == 0) conduct.settle(NOW);
        }
        // Where an earlier second counts again, the settlement still does.
        vm.warp(block.timestamp - 1);
        _wrongState(NOW, IConduct.EpochState.Settled);
        _refuteBill(wrong, 0);
    }

    function test_refute_atTheLastSecond() public {
        IConduct.BillLeaf[] memory leaves = _leaves(3);
        (leaves[0], leaves[1]) = (leaves[1], leaves[0]);
        _posting();
        _post(bookkeeper, leaves);
        _pass();
        vm.warp(conduct.epochOf(NOW).deadline);
        _refuteOrder(leaves, 1);
        _assertRefuted(bookkeeper, 1);
    }

    /// @dev A bookkeeper that has left is convicted all the same.
    function test_refute_whoHasLeft() public {
        IConduct.BillLeaf[] memory leaves = _leaves(2);
        _posting();
        _post(bookkeeper, leaves);
        vm.prank(bookkeeper);
        conduct.resign();
        _pass();
        vm.warp(conduct.epochOf(NOW).deadline);
        _demand(witness, 0);
        vm.warp(block.timestamp + ANSWERING + 1);
        _expectError(IConduct.BondKept.selector, abi.encode(conduct.memberOf(bookkeeper).leftAt + KEEPING));
        vm.prank(bookkeeper);
        conduct.takeBond(1, bookkeeper);
        conduct.refuteSilence(NOW, 0);
        _assertRefuted(bookkeeper, 1);
        vm.assertEq(conduct.setAside(address(this)), FINE);
    }

    /// @dev A root that nobody knows is worth nothing.
    function test_refuteSilence_ofARootThatNobodyKnows() public {
        _posting();
        _post(bookkeeper, IConduct.Batch(keccak256("nothing"), 1_000_000, CONTENT));
        _demand(witness, 999_999);
        vm.warp(block.timestamp + ANSWERING + 1);
        vm.prank(witness);
        conduct.refuteSilence(NOW, 999_999);
        vm.assertEq(conduct.memberOf(witness).bond, BOND);
        vm.assertEq(conduct.setAside(witness), FINE);
    }

    function _firstBookkeeper() private returns (address) {
        _posting();
        return bookkeeper;
    }

    function _posting() private {
        _startPosting();
        address[] memory ranked = _ranked();
        (bookkeeper, next) = (ranked[0], ranked[1]);
    }

    /// @dev What is no bill of the epoch: another epoch's, one with itself, with or of somebody unknown; from 4 on it is one.
    function _alien(uint256 kind, address newcomer) private returns (IConduct.Bill memory bill) {
        bill = _bill(100 + kind);
        if (kind == 0) bill.time = uint64(_begin() - 1);
        else if (kind == 1) bill.collaborator = bill.requester;
        else if (kind == 2) bill.requester = newcomer;
        else if (kind == 3) bill.collaborator = newcomer;
    }

    /// @dev A batch of this alone is refuted.
    function _single(IConduct.BillLeaf memory leaf) private {
        IConduct.BillLeaf[] memory leaves = new IConduct.BillLeaf[](1);
        leaves[0] = leaf;
        _posting();
        _post(bookkeeper, leaves);
        _refuteBill(leaves, 0);
        _assertRefuted(bookkeeper, 1);
    }

    function _otherReceipt(address signer, IConduct.Bill memory bill, uint64 epoch)
        private
        view
        returns (bytes memory)
    {
        bytes32 typeHash = keccak256("Receipt(uint64 epoch,bytes32 bill)");
        return _sign(signer, keccak256(abi.encode(typeHash, epoch, _billDigest(bill))));
    }

    function _failsOmission(IConduct.BillLeaf memory leaf, Gap memory gap) private {
        IConduct.Bill memory bill = _billOf(leaf);
        bytes memory signature = _signatureOf(leaf);
        _expectError(IConduct.InvalidProof.selector);
        conduct.refuteOmission(bill, signature, "", gap.before, gap.beforeSiblings, gap.next, gap.nextProof);
    }

    function _failsBill(
        IConduct.BillLeaf memory leaf,
        IConduct.BillLeaf[] memory leaves,
        uint256 index,
        bytes memory signature,
        bytes4 reason
    ) private {
        _expectError(reason);
        conduct.refuteBill(NOW, _billOf(leaf), signature, _proof(_billLeaves(leaves), index));
    }

    function _failsOrder(Gap memory gap) private {
        _expectError(IConduct.InvalidProof.selector);
        conduct.refuteOrder(NOW, gap.before, gap.beforeSiblings, gap.next, gap.nextProof);
    }

    function _failsShow(
        IConduct.BillLeaf memory leaf,
        IConduct.BillLeaf[] memory leaves,
        uint256 index,
        bytes memory signature
    ) private {
        _expectError(IConduct.InvalidProof.selector);
        conduct.show(NOW, _billOf(leaf), signature, _proof(_billLeaves(leaves), index));
    }

    function _notDemanded(IConduct.BillLeaf[] memory leaves, uint256 index) private {
        _expectError(IConduct.NotDemanded.selector, abi.encode(NOW, index));
        _show(leaves, index);
    }

    function _bondTooLow(uint256 index, uint256 bond, uint256 needed) private {
        _expectError(IConduct.BondTooLow.selector, abi.encode(bond, needed));
        _demand(witness, index);
    }
}
