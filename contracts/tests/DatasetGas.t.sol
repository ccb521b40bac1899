// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {DatasetMarket} from "../src/DatasetMarket.sol";
import {Datasets} from "./Datasets.sol";

/// @dev What each call costs as a transaction of its own (run with --isolate), in a market that has sold before. Calls that
/// give a token to who may refuse it must bring 250,000 gas at that point, most of which they do not use.
contract DatasetGasTest is Datasets {
    function setUp() public override {
        super.setUp();
        token.mint(publisher, 1);
        _buy(buyer, _offered(_sale()));
        _bid(rival, _offered(_auction()), RESERVE);
    }

    function test_gas_ofPublishing() public {
        vm.prank(publisher);
        market.publish(CID, METADATA);
        vm.snapshotGasLastCall("publish");
        vm.prank(publisher);
        market.publishAndList("bafk-another-dataset", METADATA, _sale());
        vm.snapshotGasLastCall("publishAndList, sale");
        vm.prank(publisher);
        market.publishAndList("bafk-a-third-dataset", METADATA, _auction());
        vm.snapshotGasLastCall("publishAndList, auction");
    }

    function test_gas_ofASale() public {
        uint256 tokenId = _published();
        bytes memory offer = abi.encode(_sale());
        vm.prank(publisher);
        token.safeTransferFrom(publisher, address(market), tokenId, 1, offer);
        vm.snapshotGasLastCall("offer");
        uint256 id = market.listingCount();
        vm.prank(buyer);
        market.buy(id, tokenId, PRICE);
        vm.snapshotGasLastCall("buy");

        _setRate(1 ether);
        _setRate(2 ether);
        vm.snapshotGasLastCall("setRate");
        id = _offered(_saleInEuros());
        vm.prank(buyer);
        market.buy(id, _tokenOf(id), 5 ether);
        vm.snapshotGasLastCall("buy, unit of account");

        id = _offered(_sale());
        vm.prank(publisher);
        market.cancel(id);
        vm.snapshotGasLastCall("cancel");
    }

    function test_gas_ofAnAuction() public {
        uint256 id = _offered(_auction());
        vm.prank(buyer);
        market.bid(id, _tokenOf(id), RESERVE);
        vm.snapshotGasLastCall("bid, first");
        vm.prank(rival);
        market.bid(id, _tokenOf(id), 2 * RESERVE);
        vm.snapshotGasLastCall("bid, next");
        vm.prank(buyer);
        market.bid(id, _tokenOf(id), 3 * RESERVE);
        vm.snapshotGasLastCall("bid, raise");
        _end(id);
        market.settle(id);
        vm.snapshotGasLastCall("settle");
        vm.prank(rival);
        market.withdraw(rival);
        vm.snapshotGasLastCall("withdraw");
    }

    function test_gas_ofADelivery() public {
        uint256 tokenId = _published();
        vm.prank(publisher);
        market.requestData(tokenId, PUBLIC_KEY);
        vm.snapshotGasLastCall("requestData");
        vm.prank(publisher);
        market.deliver(1, CID, METADATA);
        vm.snapshotGasLastCall("deliver");
    }

    function test_gas_ofDeployment() public {
        vm.startSnapshotGas("deploy DatasetMarket");
        new DatasetMarket(token, currency);
        vm.stopSnapshotGas();
    }
}
