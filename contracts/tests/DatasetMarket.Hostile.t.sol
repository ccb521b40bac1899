// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {IDatasetMarket} from "../src/IDatasetMarket.sol";
import {IEscrow} from "../src/IEscrow.sol";
import {Datasets} from "./Datasets.sol";
import {HostileToken} from "./HostileToken.sol";
import {Wallet} from "./Wallet.sol";
import {IERC1155Errors} from "@openzeppelin/contracts/interfaces/draft-IERC6093.sol";
import {SafeERC20} from "@openzeppelin/contracts/token/ERC20/utils/SafeERC20.sol";

/// @dev Currencies, sellers and buyers that misbehave.
contract DatasetMarketHostileTest is Datasets {
    HostileToken private money;
    Wallet private wallet;

    function setUp() public override {
        super.setUp();
        money = new HostileToken();
        _openMarket(money);
        wallet = new Wallet();
        _fund(buyer);
        _fund(rival);
        _fund(address(wallet));
    }

    function _fund(address who) internal override {
        if (address(money) == address(0)) return;
        money.mint(who, FUNDS);
        vm.prank(who);
        money.approve(address(market), type(uint256).max);
    }

    function test_settle_keepsTheTokenOfAWinnerThatRefusesIt() public {
        for (uint256 manner = uint256(Wallet.Manner.Refuses); manner <= uint256(Wallet.Manner.BurnsGas); ++manner) {
            uint256 id = _won(address(wallet));
            uint256 tokenId = _tokenOf(id);
            wallet.setManner(Wallet.Manner(manner));
            vm.expectEmit(address(market));
            emit IDatasetMarket.Sold(id, tokenId, address(wallet), publisher, RESERVE);
            vm.expectEmit(address(market));
            emit IDatasetMarket.TokenKept(tokenId, address(wallet));
            vm.prank(stranger);
            market.settle{gas: 500_000}(id);
            _assertStatus(id, IDatasetMarket.Status.Ended);
            _assertOwner(tokenId, address(market));
            vm.assertEq(market.keptFor(tokenId), address(wallet));
            vm.assertEq(money.balanceOf(publisher), manner * RESERVE);
        }
    }

    function test_settle_keepsTheTokenOfASellerThatRefusesItBack() public {
        uint256 id = _offeredByWallet(_auction());
        wallet.setManner(Wallet.Manner.Refuses);
        _end(id);
        vm.expectEmit(address(market));
        emit IDatasetMarket.TokenKept(_tokenOf(id), address(wallet));
        vm.prank(stranger);
        market.settle(id);
        vm.assertEq(market.keptFor(_tokenOf(id)), address(wallet));
    }

    function test_cancel_keepsTheTokenOfASellerThatRefusesItBack() public {
        uint256 id = _offeredByWallet(_sale());
        wallet.setManner(Wallet.Manner.Refuses);
        vm.prank(address(wallet));
        market.cancel(id);
        _assertStatus(id, IDatasetMarket.Status.Ended);
        vm.assertEq(market.keptFor(_tokenOf(id)), address(wallet));
    }

    function test_collect_givesAKeptTokenToItsReceiverOnly() public {
        uint256 tokenId = _kept();
        _notAllowed(buyer);
        market.collect(tokenId, buyer);
        _notAllowed(publisher);
        market.collect(tokenId, publisher);
        vm.expectEmit(address(market));
        emit IDatasetMarket.TokenCollected(tokenId, address(wallet), buyer);
        vm.prank(address(wallet));
        market.collect(tokenId, buyer);
        _assertOwner(tokenId, buyer);
        vm.assertEq(market.keptFor(tokenId), address(0));
        _notAllowed(address(wallet));
        market.collect(tokenId, buyer);
    }

    function test_collect_refusesTokensThatAreOffered() public {
        uint256 tokenId = _kept();
        wallet.setManner(Wallet.Manner.Accepts);
        vm.prank(address(wallet));
        market.collect(tokenId, address(wallet));
        _offer(tokenId, _auction());
        _notAllowed(address(wallet));
        market.collect(tokenId, address(wallet));
    }

    function test_collect_keepsTheTokenWhenTheNewReceiverRefusesItToo() public {
        uint256 tokenId = _kept();
        vm.expectRevert(abi.encodeWithSignature("Error(string)", "refused"));
        vm.prank(address(wallet));
        market.collect(tokenId, address(wallet));
        _expectError(IERC1155Errors.ERC1155InvalidReceiver.selector, abi.encode(address(0)));
        vm.prank(address(wallet));
        market.collect(tokenId, address(0));
        _expectError(IEscrow.InvalidReceiver.selector, abi.encode(market));
        vm.prank(address(wallet));
        market.collect(tokenId, address(market));
        vm.assertEq(market.keptFor(tokenId), address(wallet));
    }

    function test_buy_refusesABuyerThatRefusesTheToken() public {
        uint256 id = _offered(_sale());
        wallet.setManner(Wallet.Manner.Refuses);
        vm.expectRevert(abi.encodeWithSignature("Error(string)", "refused"));
        _buy(address(wallet), id);
        _assertStatus(id, IDatasetMarket.Status.Sale);
        vm.assertEq(money.balanceOf(publisher), 0);
    }

    function test_settle_refusesGasThatWouldNotLetTheReceiverTakeTheToken() public {
        uint256 id = _won(address(wallet));
        _expectError(IDatasetMarket.NotEnoughGas.selector);
        market.settle{gas: 250_000}(id);
        id = _offered(_sale());
        _expectError(IDatasetMarket.NotEnoughGas.selector);
        vm.prank(publisher);
        market.cancel{gas: 250_000}(id);
    }

    /// @dev The receiver needs nearly all of the gas that it gets when there is plenty, and refuses with less: whatever gas
    /// anybody settles with, either it takes the token or nothing happens.
    function test_settle_cannotBeStarvedIntoKeepingTheToken() public {
        uint256 id = _won(address(wallet));
        uint256 tokenId = _tokenOf(id);
        uint256 state = vm.snapshotState();
        market.settle(id);
        uint256 had = wallet.had();
        vm.assertTrue(had > 100_000 && had < 200_000, "a receiver's gas");
        vm.revertToState(state);
        wallet.setNeed(had - 500);
        uint256 taken;
        for (uint256 gas = 150_000; gas < 400_000; gas += 1000) {
            state = vm.snapshotState();
            (bool settled,) = address(market).call{gas: gas}(abi.encodeCall(market.settle, (id)));
            vm.assertEq(token.ownerOf(tokenId), settled ? address(wallet) : address(market));
            vm.assertEq(market.keptFor(tokenId), address(0));
            if (settled) ++taken;
            vm.revertToState(state);
        }
        vm.assertTrue(taken > 50, "never settled");
    }

    /// @dev With the gas that one transaction can have (EIP-7825), and less.
    function test_settle_isNotHeldUpByASellerAndAWinnerThatBurnAllTheirGas() public {
        uint256 id = _offeredByWallet(_auction());
        Wallet winner = new Wallet();
        _fund(address(winner));
        _bid(address(winner), id, RESERVE);
        winner.setManner(Wallet.Manner.BurnsGas);
        wallet.setManner(Wallet.Manner.BurnsGas);
        money.call(address(wallet));
        _end(id);
        market.settle{gas: 5_000_000}(id);
        _assertStatus(id, IDatasetMarket.Status.Ended);
        vm.assertEq(market.keptFor(_tokenOf(id)), address(winner));
        vm.assertEq(market.setAside(address(wallet)), RESERVE);
    }

    function test_settle_setsAsideWhatTheCurrencyRefusesTheSeller() public {
        uint256 id = _won(buyer);
        money.refuse(publisher, true);
        vm.expectEmit(address(market));
        emit IEscrow.SetAside(publisher, RESERVE);
        market.settle(id);
        _assertOwner(_tokenOf(id), buyer);
        vm.assertEq(market.setAside(publisher), RESERVE);
        vm.prank(publisher);
        market.withdraw(stranger);
        vm.assertEq(money.balanceOf(stranger), RESERVE);
    }

    function test_settle_setsAsideWhenTheCurrencyReturnsFalse() public {
        uint256 id = _won(buyer);
        money.setManner(HostileToken.Manner.ReturnsFalse);
        market.settle(id);
        _assertOwner(_tokenOf(id), buyer);
        vm.assertEq(market.setAside(publisher), RESERVE);
    }

    function test_buy_setsAsideWhatTheCurrencyRefusesTheSeller() public {
        uint256 id = _offered(_sale());
        money.refuse(publisher, true);
        _buy(buyer, id);
        _assertOwner(_tokenOf(id), buyer);
        vm.assertEq(market.setAside(publisher), PRICE);
    }

    function test_bid_isNotHeldUpByABidderWhomTheCurrencyRefuses() public {
        uint256 id = _offered(_auction());
        _bid(buyer, id, RESERVE);
        money.refuse(buyer, true);
        _bid(rival, id, 2 * RESERVE);
        vm.expectRevert(abi.encodeWithSignature("Error(string)", "refused"));
        vm.prank(buyer);
        market.withdraw(buyer);
        vm.assertEq(market.setAside(buyer), RESERVE);
        _bid(buyer, id, 3 * RESERVE); // what is set aside still counts
        vm.assertEq(market.setAside(buyer), 0);
    }

    function test_bid_needsNoTransferWhenAllOfItIsSetAside() public {
        uint256 id = _offered(_auction());
        _bid(buyer, id, RESERVE);
        _bid(rival, id, 2 * RESERVE);
        uint256 other = _offered(_auction());
        money.setManner(HostileToken.Manner.ReturnsFalse);
        _bid(buyer, other, RESERVE);
        vm.assertEq(market.setAside(buyer), 0);
    }

    function test_buyAndBid_refuseACurrencyThatDeliversLessOrMoreThanItWasTold() public {
        (uint256 sale, uint256 auction) = (_offered(_sale()), _offered(_auction()));
        HostileToken.Manner[2] memory manners = [HostileToken.Manner.TakesAFee, HostileToken.Manner.GivesABonus];
        for (uint256 i = 0; i < 2; ++i) {
            money.setManner(manners[i]);
            _expectError(IEscrow.UnsupportedToken.selector);
            _buy(buyer, sale);
            _expectError(IEscrow.UnsupportedToken.selector);
            _bid(buyer, auction, RESERVE);
        }
    }

    function test_buyAndBid_refuseACurrencyThatReturnsFalse() public {
        (uint256 sale, uint256 auction) = (_offered(_sale()), _offered(_auction()));
        money.setManner(HostileToken.Manner.ReturnsFalse);
        _expectError(SafeERC20.SafeERC20FailedOperation.selector, abi.encode(money));
        _buy(buyer, sale);
        _expectError(SafeERC20.SafeERC20FailedOperation.selector, abi.encode(money));
        _bid(buyer, auction, RESERVE);
    }

    function test_buyAndBid_workWithACurrencyThatReturnsNothing() public {
        money.setManner(HostileToken.Manner.ReturnsNothing);
        _buy(buyer, _offered(_sale()));
        market.settle(_won(rival));
        vm.assertEq(money.balanceOf(publisher), PRICE + RESERVE);
    }

    function test_buy_letsTheBuyerOfferTheTokenInItsReceiver() public {
        uint256 id = _offered(_sale());
        uint256 tokenId = _tokenOf(id);
        _planOffer(tokenId);
        _buy(address(wallet), id);
        vm.assertEq(wallet.done(), 1);
        _assertOffered(id + 1, tokenId);
    }

    function test_collect_letsTheReceiverOfferTheToken() public {
        uint256 tokenId = _kept();
        wallet.setManner(Wallet.Manner.Accepts);
        _planOffer(tokenId);
        vm.prank(address(wallet));
        market.collect(tokenId, address(wallet));
        vm.assertEq(wallet.done(), 1);
        _assertOffered(market.listingCount(), tokenId);
        vm.assertEq(market.keptFor(tokenId), address(0));
    }

    /// @dev Every call that moves money or tokens, each where it would succeed, from inside a receiver and from inside a
    /// payment.
    function test_reentry_isBlockedInEveryCallThatMovesMoneyOrTokens() public {
        uint256 kept = _kept();
        wallet.setManner(Wallet.Manner.Accepts);
        uint256 outbid = _offered(_auction());
        _bid(address(wallet), outbid, RESERVE);
        _bid(buyer, outbid, 2 * RESERVE); // leaves something to withdraw
        uint256 ended = outbid;
        _end(ended);
        (uint256 sale, uint256 auction) = (_offered(_sale()), _offered(_auction()));
        (uint256 own, uint256 trigger) = (_offeredByWallet(_sale()), _offeredByWallet(_sale()));

        wallet.plan(address(market), abi.encodeCall(market.withdraw, (stranger)));
        wallet.plan(address(market), abi.encodeCall(market.collect, (kept, stranger)));
        wallet.plan(address(market), abi.encodeCall(market.settle, (ended)));
        wallet.plan(address(market), abi.encodeCall(market.buy, (sale, _tokenOf(sale), PRICE)));
        wallet.plan(address(market), abi.encodeCall(market.bid, (auction, _tokenOf(auction), RESERVE)));
        wallet.plan(address(market), abi.encodeCall(market.cancel, (own)));
        wallet.plan(address(market), abi.encodeCall(market.publish, (CID, METADATA)));
        wallet.plan(address(market), abi.encodeCall(market.publishAndList, (CID, METADATA, _sale())));

        money.call(address(wallet));
        _buy(buyer, trigger);
        vm.assertEq(wallet.attempts(), 8);
        vm.assertEq(wallet.blocked(), 8);
        _offer(_tokenOf(trigger), _sale());
        _buy(address(wallet), market.listingCount());
        vm.assertEq(wallet.attempts(), 16);
        vm.assertEq(wallet.blocked(), 16);
    }

    function _offeredByWallet(IDatasetMarket.Offer memory offer) private returns (uint256) {
        uint256 tokenId = _published();
        vm.prank(publisher);
        token.safeTransferFrom(publisher, address(wallet), tokenId, 1, "");
        return _offer(tokenId, offer);
    }

    /// @dev A token that the wallet won and refused.
    function _kept() private returns (uint256) {
        uint256 id = _won(address(wallet));
        wallet.setManner(Wallet.Manner.Refuses);
        market.settle(id);
        return _tokenOf(id);
    }

    function _planOffer(uint256 tokenId) private {
        bytes memory offer = abi.encode(_sale());
        wallet.plan(
            address(token),
            abi.encodeCall(token.safeTransferFrom, (address(wallet), address(market), tokenId, 1, offer))
        );
    }

    function _assertOffered(uint256 listingId, uint256 tokenId) private view {
        _assertStatus(listingId, IDatasetMarket.Status.Sale);
        vm.assertEq(_tokenOf(listingId), tokenId);
        vm.assertEq(market.listing(listingId).seller, address(wallet));
        _assertOwner(tokenId, address(market));
    }
}
