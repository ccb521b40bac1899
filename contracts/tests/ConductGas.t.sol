// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {IConduct} from "../src/IConduct.sol";
import {MarketToken} from "../src/MarketToken.sol";
import {Offences} from "./Offences.sol";

/// @dev What conduct costs, each call as a transaction of its own (run with --isolate), paid in the market's credit, with a
/// thousand members in the standings; and what an epoch's bills cost together, by their number.
contract ConductGasTest is Offences {
    uint256 private constant STANDINGS = 1_000;

    MarketToken private credit;

    function setUp() public override {
        super.setUp();
        credit = new MarketToken(address(this));
        vm.warp(START);
        _openConduct(credit);
        delete members;
        IConduct.Standing[] memory own = table;
        delete table;
        for (uint256 i = 1; i <= STANDINGS - MEMBERS; ++i) {
            table.push(IConduct.Standing(address(uint160(i)), LEAST, 1));
        }
        for (uint256 i = 0; i < MEMBERS; ++i) {
            _newMember(string.concat("member ", string(abi.encodePacked(bytes1(uint8(48 + i))))));
            _enter(own[i]);
        }
        _attestStandings(table, LEAST);
        _epoch("", 0, 1);
        vm.warp(_begin() + EPOCH - 1);
    }

    function _fund(address account) internal override {
        super._fund(account);
        if (address(credit) == address(0)) return;
        credit.mint(account, FUNDS);
        vm.prank(account);
        credit.approve(address(conduct), type(uint256).max);
    }

    function test_gas_ofDeployment() public {
        vm.startSnapshotGas("deploy Conduct");
        IConduct deployed = _deploy(credit, _rules(), attestors, THRESHOLD);
        vm.stopSnapshotGas();
        vm.assertTrue(address(deployed).code.length < 24_576, "EIP-170");
    }

    function test_gas_ofAMember() public {
        address member = _newMember("newcomer");
        vm.snapshotGasLastCall("join");
        _join(member, 0, _subject(member));
        vm.snapshotGasLastCall("join, new key");
        vm.prank(member);
        conduct.addBond(1);
        vm.snapshotGasLastCall("addBond");
        vm.prank(member);
        conduct.resign();
        vm.snapshotGasLastCall("resign");
        vm.warp(block.timestamp + KEEPING + 1);
        vm.prank(member);
        conduct.takeBond(1, member);
        vm.snapshotGasLastCall("takeBond");
    }

    function test_gas_ofStandings() public {
        table[0].zones += 1;
        _attestStandings(table, LEAST);
        vm.snapshotGasLastCall("attest");
    }

    function test_gas_ofAccusations() public {
        string[5] memory names =
            ["accuseFalseStanding", "accuseOutsideArea", "accuseImpossibleSpeed", "accuseLeak", "accuseDoubleClaim"];
        for (uint256 i = 0; i < names.length; ++i) {
            IConduct.Offence offence = IConduct.Offence(i);
            // The first offence and the first fine of each party cost more.
            for (uint256 n = 0; n < 2; ++n) {
                (bytes memory data,,) = _accusation(offence, members[i], members[i + 1], n, true);
                _call(members[5], data);
            }
            vm.snapshotGasLastCall(names[i]);
        }
        (bytes memory wrong,,) = _accusation(IConduct.Offence.Leak, members[0], members[1], 7, false);
        _call(members[5], wrong);
        vm.snapshotGasLastCall("accuseLeak, falsely");
        _call(stranger, _verdict(members[4], IConduct.Offence.Equivocation, 1));
        vm.snapshotGasLastCall("penalise");
    }

    function test_gas_ofLodging() public {
        _lodge(_bill(0));
        vm.snapshotGasLastCall("lodge");
    }

    /// @dev What the chain stores of a batch does not grow with it.
    function test_gas_perBill() public {
        uint32[5] memory numbers = [uint32(1), 8, 64, 512, 4096];
        string[5] memory names = ["1", "8", "64", "512", "4096"];
        uint256 alone;
        for (uint64 i = 0; i < numbers.length; ++i) {
            uint256 gas = _epoch(string.concat("epoch of ", names[i]), NOW + i, numbers[i]);
            vm.snapshotValue(string.concat("epoch of ", names[i], ", each bill"), gas / numbers[i]);
            if (i == 0) alone = gas;
            vm.assertTrue(gas < alone + 1_000, "as much for any number");
        }
    }

    /// @dev The elected one after another.
    function test_gas_ofAPostThatReplaces() public {
        _startPosting();
        address[] memory ranked = _ranked();
        _post(ranked[1], _tree(1));
        _post(ranked[0], _tree(2));
        vm.snapshotGasLastCall("post that replaces");
    }

    function test_gas_ofRefutedOmissions() public {
        IConduct.Bill memory bill = _bill(0);
        IConduct.BillLeaf[] memory leaves = _posted(_tree(4096));
        bytes memory receipt = _receipt(members[0], bill);
        _refuteOmission(bill, receipt, _gap(leaves, _above(leaves, _billDigest(bill))));
        vm.snapshotGasLastCall("4096 bills, refuteOmission");
    }

    function test_gas_ofARefutedBill() public {
        IConduct.Bill memory bill = _bill(0);
        bytes32 digest = _remember(bill, _sign(members[1], _hash(bill))).bill;
        IConduct.BillLeaf[] memory leaves = _posted(_with(_tree(4095), _leafOf(bill)));
        _refuteBill(leaves, _indexOf(leaves, digest));
        vm.snapshotGasLastCall("4096 bills, refuteBill");
    }

    function test_gas_ofARefutedOrder() public {
        IConduct.BillLeaf[] memory leaves = _tree(4096);
        (leaves[100], leaves[101]) = (leaves[101], leaves[100]);
        _posted(leaves);
        _refuteOrder(leaves, 101);
        vm.snapshotGasLastCall("4096 bills, refuteOrder");
    }

    function test_gas_ofDemands() public {
        IConduct.Bill memory bill = _bill(0);
        _lodge(bill);
        IConduct.BillLeaf[] memory leaves = _posted(_with(_tree(4095), _leafOf(bill)));
        uint256 index = _indexOf(leaves, _billDigest(bill));
        _demand(members[1], index);
        vm.snapshotGasLastCall("demand");
        _show(leaves, index);
        vm.snapshotGasLastCall("4096 bills, show");
        _demandBill(members[1], bill, "");
        vm.snapshotGasLastCall("demandBill");
        vm.warp(block.timestamp + ANSWERING + 1);
        conduct.refuteSilence(NOW, uint256(_billDigest(bill)));
        vm.snapshotGasLastCall("refuteSilence");
    }

    /// @dev A whole epoch, whose bookkeeper is the same each time; what the calls cost together.
    function _epoch(string memory name, uint64 epoch, uint32 bills) private returns (uint256 gas) {
        IConduct.Batch memory batch = IConduct.Batch(keccak256(abi.encode(epoch)), bills, CONTENT);
        (IConduct.Standing memory s, IConduct.Proof memory p) = (_standing(members[0]), _standingProof(members[0]));
        vm.warp(START + (uint256(epoch) + 1) * EPOCH);
        conduct.open(epoch);
        gas = _snapshot(name, ", open");
        vm.warp(conduct.epochOf(epoch).deadline + 1);
        vm.prank(members[0]);
        conduct.post(epoch, batch, s, p);
        gas += _snapshot(name, ", post");
        vm.warp(conduct.epochOf(epoch).deadline + 1);
        vm.warp(conduct.epochOf(epoch).deadline + 1);
        conduct.settle(epoch);
        gas += _snapshot(name, ", settle");
    }

    function _snapshot(string memory name, string memory step) private returns (uint256) {
        return bytes(name).length == 0 ? 0 : vm.snapshotGasLastCall(string.concat(name, step));
    }

    /// @dev What nobody signed, in the order of a batch.
    function _tree(uint256 bills) private pure returns (IConduct.BillLeaf[] memory leaves) {
        leaves = new IConduct.BillLeaf[](bills);
        for (uint256 i = 0; i < bills; ++i) {
            leaves[i] = IConduct.BillLeaf(bytes32(i << 244), bytes32(i));
        }
    }

    function _posted(IConduct.BillLeaf[] memory leaves) private returns (IConduct.BillLeaf[] memory) {
        _startPosting();
        _post(members[0], leaves);
        return leaves;
    }

    function _call(address sender, bytes memory data) private {
        vm.prank(sender);
        (bool succeeded,) = address(conduct).call(data);
        vm.assertTrue(succeeded, "the call");
    }
}
