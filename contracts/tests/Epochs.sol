// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {IConduct} from "../src/IConduct.sol";
import {Members} from "./Members.sol";

/// @dev Six members with standings, of whom the last has too little reputation to be elected, and short ways through epoch 1:
/// its bills, batches and what is said against them.
abstract contract Epochs is Members {
    uint64 internal constant NOW = 1;
    uint32 internal constant LEAST = 500_000;
    uint256 internal constant MEMBERS = 6;
    /// @dev The order of secp256k1's group (SEC 2, 2.4.1).
    uint256 private constant ORDER = 0xFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFEBAAEDCE6AF48A03BBFD25E8CD0364141;

    /// @dev Between two neighbours of a batch; the edges of the batch are gaps too.
    struct Gap {
        IConduct.BillLeaf before;
        bytes32[] beforeSiblings;
        IConduct.BillLeaf next;
        IConduct.Proof nextProof;
    }

    /// @dev The standings that were attested last, in ascending order of the members.
    IConduct.Standing[] internal table;
    mapping(bytes32 digest => IConduct.Bill) private _bills;
    mapping(bytes32 digest => bytes) private _signatures;

    function setUp() public virtual override {
        super.setUp();
        for (uint256 i = 0; i < MEMBERS; ++i) {
            _newMember(string.concat("member ", string(abi.encodePacked(bytes1(uint8(48 + i))))));
        }
        for (uint256 i = 0; i < MEMBERS; ++i) {
            _enter(IConduct.Standing(members[i], i == MEMBERS - 1 ? LEAST - 1 : LEAST, uint32(10 + i)));
        }
        _attestStandings(table, LEAST);
        vm.warp(_begin());
    }

    /// @dev Of the epoch under test.
    function _begin() internal pure returns (uint256) {
        return START + NOW * EPOCH;
    }

    function _enter(IConduct.Standing memory standing) internal {
        table.push(standing);
        for (uint256 k = table.length - 1; k > 0 && table[k - 1].member > standing.member; --k) {
            table[k] = table[k - 1];
            table[k - 1] = standing;
        }
    }

    function _place(address member) internal view returns (uint256 index) {
        while (table[index].member != member) ++index;
    }

    function _standing(address member) internal view returns (IConduct.Standing memory) {
        return table[_place(member)];
    }

    function _standingProof(address member) internal view returns (IConduct.Proof memory) {
        return _proof(_standingLeaves(table), _place(member));
    }

    /// @dev Number n of the epoch, between the first two members, signed and remembered.
    function _bill(uint256 n) internal returns (IConduct.Bill memory bill) {
        bill = IConduct.Bill(
            members[0], members[1], keccak256(abi.encode(n)), uint64(_begin() + n % EPOCH), keccak256("sealed")
        );
        _remember(bill);
    }

    function _remember(IConduct.Bill memory bill) internal returns (IConduct.BillLeaf memory) {
        return _remember(bill, _sign(bill.requester, _hash(bill)));
    }

    function _remember(IConduct.Bill memory bill, bytes memory signature)
        internal
        returns (IConduct.BillLeaf memory leaf)
    {
        leaf = IConduct.BillLeaf(_billDigest(bill), keccak256(signature));
        (_bills[leaf.bill], _signatures[leaf.bill]) = (bill, signature);
    }

    function _billOf(IConduct.BillLeaf memory leaf) internal view returns (IConduct.Bill memory) {
        return _bills[leaf.bill];
    }

    function _signatureOf(IConduct.BillLeaf memory leaf) internal view returns (bytes memory) {
        return _signatures[leaf.bill];
    }

    function _leafOf(IConduct.Bill memory bill) internal view returns (IConduct.BillLeaf memory) {
        bytes32 digest = _billDigest(bill);
        return IConduct.BillLeaf(digest, keccak256(_signatures[digest]));
    }

    /// @dev The other signature of the same key over the same digest, that with the larger s.
    function _malleated(bytes memory signature) internal pure returns (bytes memory) {
        (bytes32 r, uint256 s) = (0, 0);
        assembly {
            r := mload(add(signature, 32))
            s := mload(add(signature, 64))
        }
        return abi.encodePacked(r, ORDER - s, uint8(signature[64]) == 27 ? uint8(28) : uint8(27));
    }

    /// @dev The first n bills, in the order of a batch.
    function _leaves(uint256 n) internal returns (IConduct.BillLeaf[] memory leaves) {
        leaves = new IConduct.BillLeaf[](n);
        for (uint256 i = 0; i < n; ++i) {
            leaves[i] = _leafOf(_bill(i));
        }
        _sort(leaves);
    }

    function _sort(IConduct.BillLeaf[] memory leaves) internal pure {
        for (uint256 i = 1; i < leaves.length; ++i) {
            for (uint256 k = i; k > 0 && leaves[k - 1].bill > leaves[k].bill; --k) {
                (leaves[k], leaves[k - 1]) = (leaves[k - 1], leaves[k]);
            }
        }
    }

    function _with(IConduct.BillLeaf[] memory leaves, IConduct.BillLeaf memory leaf)
        internal
        pure
        returns (IConduct.BillLeaf[] memory more)
    {
        more = new IConduct.BillLeaf[](leaves.length + 1);
        for (uint256 i = 0; i < leaves.length; ++i) {
            more[i] = leaves[i];
        }
        more[leaves.length] = leaf;
        _sort(more);
    }

    function _without(IConduct.BillLeaf[] memory leaves, uint256 index)
        internal
        pure
        returns (IConduct.BillLeaf[] memory rest)
    {
        rest = new IConduct.BillLeaf[](leaves.length - 1);
        for (uint256 i = 0; i < rest.length; ++i) {
            rest[i] = leaves[i < index ? i : i + 1];
        }
    }

    function _indexOf(IConduct.BillLeaf[] memory leaves, bytes32 bill) internal pure returns (uint256 index) {
        while (leaves[index].bill != bill) ++index;
    }

    /// @dev The number of bills before this one.
    function _above(IConduct.BillLeaf[] memory leaves, bytes32 bill) internal pure returns (uint256 index) {
        while (index < leaves.length && leaves[index].bill < bill) ++index;
    }

    /// @dev Before leaf `index`; after the last one where index is their number.
    function _gap(IConduct.BillLeaf[] memory leaves, uint256 index) internal pure returns (Gap memory gap) {
        if (index > 0) {
            gap.before = IConduct.BillLeaf(leaves[index - 1].bill, leaves[index - 1].signatureHash);
            gap.beforeSiblings = _proof(_billLeaves(leaves), index - 1).siblings;
        }
        gap.nextProof.index = index;
        if (index < leaves.length) {
            gap.next = IConduct.BillLeaf(leaves[index].bill, leaves[index].signatureHash);
            gap.nextProof = _proof(_billLeaves(leaves), index);
        }
    }

    function _batch(IConduct.BillLeaf[] memory leaves) internal pure returns (IConduct.Batch memory) {
        return IConduct.Batch(_root(_billLeaves(leaves)), uint32(leaves.length), CONTENT);
    }

    function _lodge(IConduct.Bill memory bill) internal {
        conduct.lodge(bill, _signatures[_billDigest(bill)]);
    }

    function _receipt(address bookkeeper, IConduct.Bill memory bill) internal view returns (bytes memory) {
        bytes32 typeHash = keccak256("Receipt(uint64 epoch,bytes32 bill)");
        return _sign(bookkeeper, keccak256(abi.encode(typeHash, conduct.epochAt(bill.time), _billDigest(bill))));
    }

    function _open() internal {
        vm.warp(_begin() + EPOCH);
        conduct.open(NOW);
    }

    /// @dev To the first second of the posting.
    function _startPosting() internal {
        _open();
        vm.warp(conduct.epochOf(NOW).deadline + 1);
    }

    /// @dev To the first second after the present state's deadline.
    function _pass() internal {
        vm.warp(conduct.epochOf(NOW).deadline + 1);
    }

    function _post(address member, IConduct.BillLeaf[] memory leaves) internal {
        _post(member, _batch(leaves));
    }

    function _post(address member, IConduct.Batch memory batch) internal {
        _post(member, batch, _standing(member), _standingProof(member));
    }

    function _post(
        address member,
        IConduct.Batch memory batch,
        IConduct.Standing memory standing,
        IConduct.Proof memory proof
    ) internal {
        vm.prank(member);
        conduct.post(NOW, batch, standing, proof);
    }

    function _score(address member) internal view returns (uint256 score) {
        (, score) = conduct.scoreOf(NOW, _standing(member));
    }

    /// @dev Who can be elected, the highest score first.
    function _ranked() internal view returns (address[] memory ranked) {
        ranked = new address[](MEMBERS - 1);
        for (uint256 i = 0; i < ranked.length; ++i) {
            ranked[i] = members[i];
            for (uint256 k = i; k > 0 && _score(ranked[k - 1]) < _score(ranked[k]); --k) {
                (ranked[k], ranked[k - 1]) = (ranked[k - 1], ranked[k]);
            }
        }
    }

    function _refuteOmission(IConduct.Bill memory bill, bytes memory receipt, Gap memory gap) internal {
        bytes memory signature = _signatures[_billDigest(bill)];
        conduct.refuteOmission(bill, signature, receipt, gap.before, gap.beforeSiblings, gap.next, gap.nextProof);
    }

    function _refuteBill(IConduct.BillLeaf[] memory leaves, uint256 index) internal {
        IConduct.BillLeaf memory leaf = leaves[index];
        conduct.refuteBill(NOW, _billOf(leaf), _signatureOf(leaf), _proof(_billLeaves(leaves), index));
    }

    /// @dev Leaf `index` and the one before.
    function _refuteOrder(IConduct.BillLeaf[] memory leaves, uint256 index) internal {
        Gap memory gap = _gap(leaves, index);
        conduct.refuteOrder(NOW, gap.before, gap.beforeSiblings, gap.next, gap.nextProof);
    }

    function _demand(address by, uint256 index) internal {
        vm.prank(by);
        conduct.demand(NOW, index);
    }

    function _demandBill(address by, IConduct.Bill memory bill, bytes memory receipt) internal {
        bytes memory signature = _signatures[_billDigest(bill)];
        vm.prank(by);
        conduct.demandBill(bill, signature, receipt);
    }

    function _show(IConduct.BillLeaf[] memory leaves, uint256 index) internal {
        IConduct.BillLeaf memory leaf = leaves[index];
        conduct.show(NOW, _billOf(leaf), _signatureOf(leaf), _proof(_billLeaves(leaves), index));
    }

    /// @dev That the bookkeeper was convicted, as often, and its batch is void.
    function _assertRefuted(address bookkeeper, uint256 offences) internal view {
        IConduct.Epoch memory e = conduct.epochOf(NOW);
        vm.assertTrue(e.state == IConduct.EpochState.Posting, "the posting begins again");
        vm.assertEq(e.bookkeeper, address(0));
        vm.assertEq(e.batch.root, 0);
        vm.assertEq(e.batch.bills, 0);
        vm.assertEq(e.batch.content, 0);
        vm.assertEq(e.demands, 0);
        vm.assertTrue(e.deadline >= block.timestamp + POSTING, "the others have the whole window");
        vm.assertEq(conduct.memberOf(bookkeeper).offences, offences);
    }

    function _assertState(IConduct.EpochState state, uint256 deadline) internal view {
        IConduct.Epoch memory e = conduct.epochOf(NOW);
        vm.assertEq(uint256(e.state), uint256(state), "state");
        vm.assertEq(e.deadline, deadline, "deadline");
    }

    function _wrongState(uint64 epoch, IConduct.EpochState state) internal {
        _expectError(IConduct.WrongState.selector, abi.encode(epoch, state));
    }
}
