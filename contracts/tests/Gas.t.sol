// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {CommunicationLog} from "../src/CommunicationLog.sol";
import {DataTrades} from "../src/DataTrades.sol";
import {ICommunicationLog} from "../src/ICommunicationLog.sol";
import {MarketToken} from "../src/MarketToken.sol";
import {Market} from "./Market.sol";

/// @dev What each call costs as a transaction of its own (run with --isolate), in a market that has traded before.
/// The figures are kept in snapshots/, and `contracts/test` fails when they change without being committed.
contract GasTest is Market {
    function setUp() public override {
        super.setUp();
        credit.mint(owner, 1);
        credit.mint(provider, 1);
        _requested();
    }

    function test_gas_ofOneTrade() public {
        vm.prank(provider);
        trades.commission("bafk-another-package", _terms());
        vm.snapshotGasLastCall("commission");
        _seal(PERIOD + 1);
        vm.snapshotGasLastCall("recordSeal");
        vm.prank(buyer);
        credit.approve(address(trades), PRICE);
        vm.snapshotGasLastCall("approve");
        uint256 id = _requested();
        vm.snapshotGasLastCall("request");
        vm.prank(owner);
        trades.respond(id, _encryptedKey(), BLOB);
        vm.snapshotGasLastCall("respond");
        vm.prank(buyer);
        trades.confirm(id);
        vm.snapshotGasLastCall("confirm");
    }

    function test_gas_ofTheOtherEndings() public {
        uint256 id = _requested();
        vm.prank(buyer);
        trades.cancel(id);
        vm.snapshotGasLastCall("cancel by buyer");
        vm.warp(trades.trade(id).deadline + 1);
        trades.refund(id);
        vm.snapshotGasLastCall("refund");

        id = _requested();
        vm.prank(owner);
        trades.cancel(id);
        vm.snapshotGasLastCall("cancel by owner");

        id = _answered();
        vm.warp(trades.trade(id).deadline + 1);
        trades.settle(id);
        vm.snapshotGasLastCall("settle");

        id = _answered();
        vm.prank(buyer);
        trades.dispute(id, abi.encode(KEY));
        vm.snapshotGasLastCall("dispute");
        vm.prank(buyer);
        trades.proposeSplit(id, 1 ether);
        vm.snapshotGasLastCall("proposeSplit");
        vm.prank(arbiter);
        trades.rule(id, 1 ether);
        vm.snapshotGasLastCall("rule");

        id = _disputed();
        vm.warp(trades.trade(id).deadline + 1);
        trades.expireDispute(id);
        vm.snapshotGasLastCall("expireDispute");
    }

    function test_gas_ofTheCommunicationLog() public {
        vm.startSnapshotGas("deploy CommunicationLog");
        CommunicationLog log = new CommunicationLog();
        vm.stopSnapshotGas();
        log.record(APPLICATION, ICommunicationLog.Kind.RemoteStore, CONTENT_HASH);
        vm.snapshotGasLastCall("record, first");
        log.record(APPLICATION, ICommunicationLog.Kind.RemoteStore, CONTENT_HASH);
        vm.snapshotGasLastCall("record");
        log.recordMany(APPLICATION, new ICommunicationLog.Kind[](16), new bytes32[](16));
        vm.snapshotGasLastCall("recordMany, 16");
    }

    function test_gas_ofDeploymentAndTransfers() public {
        vm.startSnapshotGas("deploy MarketToken");
        new MarketToken(address(this));
        vm.stopSnapshotGas();
        vm.startSnapshotGas("deploy DataTrades");
        new DataTrades(credit);
        vm.stopSnapshotGas();
        vm.prank(buyer);
        credit.transfer(owner, 1);
        vm.snapshotGasLastCall("transfer");
    }
}
