// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {DatasetMarket} from "../src/DatasetMarket.sol";
import {IDatasetMarket} from "../src/IDatasetMarket.sol";
import {MarketToken} from "../src/MarketToken.sol";
import {DatasetHandler} from "./DatasetHandler.sol";
import {HostileToken} from "./HostileToken.sol";
import {Test} from "./Test.sol";
import {Wallet} from "./Wallet.sol";

/// @dev What holds after every step of a market of datasets in which anybody may do anything.
contract DatasetMarketInvariantTest is Test {
    struct FuzzSelector {
        address addr;
        bytes4[] selectors;
    }

    DatasetHandler private handler;
    DatasetMarket private market;
    MarketToken private token;
    HostileToken private money;
    address private collector = _actor("collector");

    function setUp() public {
        handler = new DatasetHandler();
        market = handler.theMarket();
        token = handler.theToken();
        money = handler.money();
    }

    function targetContracts() external view returns (address[] memory targets) {
        targets = new address[](1);
        targets[0] = address(handler);
    }

    /// @dev More than half of the steps lead listings on.
    function targetSelectors() external view returns (FuzzSelector[] memory targets) {
        targets = new FuzzSelector[](1);
        bytes4[] memory selectors = new bytes4[](12);
        for (uint256 i = 0; i < 7; ++i) {
            selectors[i] = handler.advance.selector;
        }
        selectors[7] = handler.disturb.selector;
        selectors[8] = handler.refuse.selector;
        selectors[9] = handler.setRate.selector;
        selectors[10] = handler.transfer.selector;
        selectors[11] = handler.wait.selector;
        targets[0] = FuzzSelector(address(handler), selectors);
    }

    /// @dev The escrow holds the highest bids of the open auctions and what is set aside, to the unit; every party has
    /// exactly what the rules gave it; every token is with its one owner, or here while it is offered or kept; and no
    /// ended listing changes.
    function invariant_everyUnitAndToken_isWhereItBelongs() public view {
        uint256 held;
        for (uint256 i = 0; i < handler.numberOfParties(); ++i) {
            address party = handler.parties(i);
            uint256 aside = market.setAside(party);
            vm.assertEq(money.balanceOf(party) + aside, handler.due(party), "a party's due");
            held += aside;
        }
        for (uint256 id = 1; id <= market.listingCount(); ++id) {
            DatasetHandler.Record memory r = handler.record(id);
            IDatasetMarket.Listing memory l = market.listing(id);
            if (r.hash == 0) {
                held += r.bid;
                vm.assertTrue(
                    l.status == IDatasetMarket.Status.Sale || l.status == IDatasetMarket.Status.Auction, "open"
                );
                vm.assertEq(handler.owner(r.tokenId), address(0));
            } else {
                vm.assertEq(uint256(l.status), uint256(IDatasetMarket.Status.Ended), "ended");
                vm.assertEq(keccak256(abi.encode(l)), r.hash);
            }
        }
        vm.assertEq(money.balanceOf(address(market)), held, "escrow");
        for (uint256 i = 0; i < handler.numberOfTokens(); ++i) {
            _assertToken(handler.tokens(i));
        }
        vm.assertEq(handler.disagreements(), 0, "against the rules");
    }

    /// @dev From wherever the market is, time alone lets a stranger end every auction and sellers end every sale, even
    /// while the currency refuses everybody and the wallet burns the gas of every token. Afterwards whoever was outbid
    /// takes the whole of it back, sellers are paid, and who refused a token collects it.
    function invariant_everyLock_canEnd() public {
        uint256 state = vm.snapshotState();
        handler.wallet().setManner(Wallet.Manner.BurnsGas);
        for (uint256 i = 0; i < handler.numberOfParties(); ++i) {
            money.refuse(handler.parties(i), true);
        }
        for (uint256 id = 1; id <= market.listingCount(); ++id) {
            if (handler.record(id).hash == 0) _finish(id);
        }
        for (uint256 i = 0; i < handler.numberOfParties(); ++i) {
            address party = handler.parties(i);
            money.refuse(party, false);
            if (market.setAside(party) != 0) {
                vm.prank(party);
                market.withdraw(party);
            }
            vm.assertEq(money.balanceOf(party), handler.due(party) + _earned(party), "after every end");
        }
        vm.assertEq(money.balanceOf(address(market)), 0, "escrow after every end");
        for (uint256 i = 0; i < handler.numberOfTokens(); ++i) {
            uint256 tokenId = handler.tokens(i);
            if (token.ownerOf(tokenId) == address(market)) {
                vm.prank(market.keptFor(tokenId));
                market.collect(tokenId, collector);
            }
            vm.assertTrue(token.ownerOf(tokenId) != address(market), "a token stayed locked");
        }
        vm.assertTrue(vm.revertToState(state), "state restored");
    }

    /// @dev A run that did not reach every ending would have proved nothing about it.
    function afterInvariant() public view {
        for (uint256 ending = 0; ending <= uint256(type(DatasetHandler.Ending).max); ++ending) {
            vm.assertTrue(handler.endings(ending) > 0, "an ending was never reached");
        }
        vm.assertTrue(handler.keeps() > 0, "no token was ever kept");
        vm.assertTrue(handler.collections() > 0, "no kept token was ever collected");
        vm.assertTrue(handler.refusals() > 0, "no seller was ever refused");
        vm.assertTrue(handler.raisesFromSetAside() > 0, "nothing set aside was ever bid");
    }

    function _finish(uint256 id) private {
        IDatasetMarket.Listing memory l = market.listing(id);
        if (l.status == IDatasetMarket.Status.Sale) {
            vm.prank(l.seller);
            market.cancel{gas: 1_000_000}(id);
        } else {
            if (block.timestamp <= l.endsAt) vm.warp(l.endsAt + 1);
            market.settle{gas: 1_000_000}(id);
        }
    }

    /// @dev What the open auctions bring a seller.
    function _earned(address seller) private view returns (uint256 sum) {
        for (uint256 id = 1; id <= market.listingCount(); ++id) {
            DatasetHandler.Record memory r = handler.record(id);
            if (r.hash == 0 && r.seller == seller) sum += r.bid;
        }
    }

    function _assertToken(uint256 tokenId) private view {
        (address owner, bool kept) = (handler.owner(tokenId), handler.kept(tokenId));
        address holder = owner == address(0) || kept ? address(market) : owner;
        vm.assertEq(token.ownerOf(tokenId), holder);
        vm.assertEq(market.keptFor(tokenId), kept ? owner : address(0));
        uint256 sum = token.balanceOf(address(market), tokenId);
        for (uint256 i = 0; i < handler.numberOfParties(); ++i) {
            sum += token.balanceOf(handler.parties(i), tokenId);
        }
        vm.assertEq(sum, 1, "one of each token");
        vm.assertEq(token.balanceOf(holder, tokenId), 1, "with its owner");
    }
}
