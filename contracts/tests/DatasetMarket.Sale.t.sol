// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {IDatasetMarket} from "../src/IDatasetMarket.sol";
import {Datasets} from "./Datasets.sol";
import {IERC1155Errors, IERC20Errors} from "@openzeppelin/contracts/interfaces/draft-IERC6093.sol";
import {IERC1155} from "@openzeppelin/contracts/token/ERC1155/IERC1155.sol";
import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";

/// @dev Sales at a price, in the currency or in a unit of account.
contract DatasetMarketSaleTest is Datasets {
    /// @dev What 2.5 euros cost at 3.0000000000000000001 credits for each: 7.5 and a quarter, rounded up.
    uint128 private constant RATE = 3 ether + 1;
    uint256 private constant EUROS_COST = 7.5 ether + 3;

    function test_buy_movesTheTokenAndThePrice() public {
        uint256 id = _offered(_sale());
        uint256 tokenId = _tokenOf(id);
        vm.expectEmit(address(market));
        emit IDatasetMarket.Sold(id, tokenId, buyer, publisher, PRICE);
        vm.expectEmit(address(token));
        emit IERC20.Transfer(buyer, address(market), PRICE);
        vm.expectEmit(address(token));
        emit IERC20.Transfer(address(market), publisher, PRICE);
        vm.expectEmit(address(token));
        emit IERC1155.TransferSingle(address(market), address(market), buyer, tokenId, 1);
        vm.prank(buyer);
        market.buy(id, _tokenOf(id), PRICE);
        _assertStatus(id, IDatasetMarket.Status.Ended);
        _assertOwner(tokenId, buyer);
        vm.assertEq(token.balanceOf(publisher), PRICE);
        vm.assertEq(token.balanceOf(buyer), FUNDS - PRICE);
        vm.assertEq(token.balanceOf(address(market)), 0);
    }

    function test_buy_refusesTheSecondBuyer() public {
        uint256 id = _offered(_sale());
        _buy(buyer, id);
        _wrongStatus(id, IDatasetMarket.Status.Ended);
        _buy(rival, id);
        vm.assertEq(token.balanceOf(rival), FUNDS);
        _assertOwner(_tokenOf(id), buyer);
    }

    function test_buy_refusesWhatIsNotForSale() public {
        _wrongStatus(1, IDatasetMarket.Status.None);
        vm.prank(buyer);
        market.buy(1, 0, PRICE);
        uint256 id = _offered(_auction());
        _wrongStatus(id, IDatasetMarket.Status.Auction);
        _buy(buyer, id);
        _wrongStatus(0, IDatasetMarket.Status.None);
        vm.prank(buyer);
        market.buy(0, 0, PRICE);
    }

    function test_buy_letsTheBuyerSellOn() public {
        uint256 first = _offered(_sale());
        _buy(buyer, first);
        uint256 second = _offer(_tokenOf(first), _sale());
        vm.assertEq(market.listing(second).seller, buyer);
        _buy(rival, second);
        _assertOwner(_tokenOf(first), rival);
        vm.assertEq(token.balanceOf(buyer), FUNDS);
        vm.assertEq(market.publisherOf(_tokenOf(first)), publisher);
    }

    /// @dev After a reorganisation a listing's number can be another token's.
    function test_buy_refusesAnotherTokenThanTheBuyerMeant() public {
        (uint256 id, uint256 other) = (_offered(_sale()), _offered(_sale()));
        _expectError(IDatasetMarket.AnotherToken.selector, abi.encode(id, _tokenOf(id)));
        vm.prank(buyer);
        market.buy(id, _tokenOf(other), PRICE);
        _assertStatus(id, IDatasetMarket.Status.Sale);
    }

    function test_buy_refusesAPriceAboveTheBuyersLimit() public {
        uint256 id = _offered(_sale());
        _expectError(IDatasetMarket.PriceAbove.selector, abi.encode(id, PRICE));
        vm.prank(buyer);
        market.buy(id, _tokenOf(id), PRICE - 1);
    }

    function test_buy_refusesARateThatRoseBeforeTheBuyersTransaction() public {
        uint256 id = _offered(_saleInEuros());
        _setRate(RATE);
        uint256 seen = market.priceOf(id);
        _setRate(RATE + 1);
        _expectError(IDatasetMarket.PriceAbove.selector, abi.encode(id, seen + 2));
        vm.prank(buyer);
        market.buy(id, _tokenOf(id), seen);
    }

    function test_buy_refusesWhatTheBuyerCannotPayOrDidNotAllow() public {
        IDatasetMarket.Offer memory offer = _sale();
        offer.price = uint128(FUNDS) + 1;
        uint256 id = _offered(offer);
        _expectError(IERC20Errors.ERC20InsufficientBalance.selector, abi.encode(buyer, FUNDS, FUNDS + 1));
        _buy(buyer, id);
        _expectError(IERC20Errors.ERC20InsufficientAllowance.selector, abi.encode(address(market), 0, FUNDS + 1));
        _buy(stranger, id);
        _assertStatus(id, IDatasetMarket.Status.Sale);
        _assertOwner(_tokenOf(id), address(market));
    }

    function test_buy_inAUnitOfAccountPaysByTheRateRoundedUp() public {
        uint256 id = _offered(_saleInEuros());
        _setRate(RATE);
        vm.assertEq(market.priceOf(id), EUROS_COST);
        vm.expectEmit(address(market));
        emit IDatasetMarket.Sold(id, _tokenOf(id), buyer, publisher, EUROS_COST);
        vm.prank(buyer);
        market.buy(id, _tokenOf(id), EUROS_COST);
        vm.assertEq(token.balanceOf(publisher), EUROS_COST);
    }

    function test_priceOf_neverBecomesNothing() public {
        IDatasetMarket.Offer memory offer = _saleInEuros();
        offer.price = 1;
        uint256 id = _offered(offer);
        _setRate(1);
        vm.assertEq(market.priceOf(id), 1);
    }

    function test_priceOf_convertsTheLargestNumbers() public {
        IDatasetMarket.Offer memory offer = _saleInEuros();
        offer.price = type(uint128).max;
        uint256 id = _offered(offer);
        _setRate(type(uint128).max);
        uint256 most = uint256(type(uint128).max) * type(uint128).max;
        vm.assertEq(market.priceOf(id), most / 1e18 + 1);
    }

    function test_priceOf_knowsWhatIsForSaleOnly() public {
        uint256 id = _offered(_sale());
        vm.assertEq(market.priceOf(id), PRICE);
        _buy(buyer, id);
        _wrongStatus(id, IDatasetMarket.Status.Ended);
        market.priceOf(id);
        id = _offered(_auction());
        _wrongStatus(id, IDatasetMarket.Status.Auction);
        market.priceOf(id);
    }

    function test_buy_refusesAMissingRate() public {
        _refusedRate(_offered(_saleInEuros()), 0);
    }

    function test_buy_refusesAStaleRateUntilItIsSetAgain() public {
        uint256 id = _offered(_saleInEuros());
        uint64 setAt = uint64(block.timestamp);
        _setRate(RATE);
        vm.warp(setAt + 1 hours);
        vm.assertEq(market.priceOf(id), EUROS_COST);
        vm.warp(setAt + 1 hours + 1);
        _refusedRate(id, setAt);
        _setRate(RATE);
        _buy(buyer, id);
        vm.assertEq(token.balanceOf(publisher), EUROS_COST);
    }

    function test_buy_refusesAWithdrawnRate() public {
        uint256 id = _offered(_saleInEuros());
        _setRate(RATE);
        _setRate(0);
        _refusedRate(id, uint64(block.timestamp));
    }

    function test_buy_refusesOtherPublishersRatesAndOtherUnits() public {
        uint256 id = _offered(_saleInEuros());
        vm.prank(stranger);
        market.setRate(EUR, 1);
        vm.prank(buyer);
        market.setRate(EUR, 1);
        vm.prank(oracle);
        market.setRate("USD", 1);
        _refusedRate(id, 0);
    }

    function test_priceOf_usesTheRateOfTheOffersUnit() public {
        IDatasetMarket.Offer memory offer = _saleInEuros();
        offer.unit = "USD";
        uint256 id = _offered(offer);
        _setRate(RATE);
        _expectError(IDatasetMarket.StaleRate.selector, abi.encode(oracle, bytes32("USD"), 0));
        market.priceOf(id);
        vm.prank(oracle);
        market.setRate("USD", 2 ether);
        vm.assertEq(market.priceOf(id), 5 ether);
    }

    function test_setRate_isKeptUnderItsPublisherAndUnit() public {
        vm.expectEmit(address(market));
        emit IDatasetMarket.RateSet(oracle, EUR, RATE);
        _setRate(RATE);
        (uint128 rate, uint64 setAt) = market.rateOf(oracle, EUR);
        vm.assertEq(rate, RATE);
        vm.assertEq(setAt, block.timestamp);
        (rate, setAt) = market.rateOf(stranger, EUR);
        vm.assertEq(rate, 0);
        vm.assertEq(setAt, 0);
        (rate,) = market.rateOf(oracle, "USD");
        vm.assertEq(rate, 0);
    }

    function test_setRate_doesNotTouchAPriceInTheCurrency() public {
        uint256 id = _offered(_sale());
        vm.prank(address(0));
        market.setRate(0, 1); // the publisher and the unit that such an offer names
        vm.assertEq(market.priceOf(id), PRICE);
    }

    function test_cancel_givesTheTokenBackToTheSeller() public {
        uint256 id = _offered(_sale());
        uint256 tokenId = _tokenOf(id);
        vm.expectEmit(address(market));
        emit IDatasetMarket.Unlisted(id, tokenId, publisher);
        vm.expectEmit(address(token));
        emit IERC1155.TransferSingle(address(market), address(market), publisher, tokenId, 1);
        vm.prank(publisher);
        market.cancel(id);
        _assertStatus(id, IDatasetMarket.Status.Ended);
        _assertOwner(tokenId, publisher);
        _wrongStatus(id, IDatasetMarket.Status.Ended);
        _buy(buyer, id);
        _wrongStatus(id, IDatasetMarket.Status.Ended);
        vm.prank(publisher);
        market.cancel(id);
    }

    function test_cancel_refusesWhoIsNotTheSeller() public {
        uint256 id = _offered(_sale());
        _notAllowed(buyer);
        market.cancel(id);
        _buy(buyer, id);
        id = _offer(_tokenOf(id), _sale());
        _notAllowed(publisher);
        market.cancel(id);
    }

    function test_cancel_refusesWhatIsNotOffered() public {
        _wrongStatus(1, IDatasetMarket.Status.None);
        vm.prank(address(0)); // whom an empty listing names as its seller
        market.cancel(1);
        uint256 id = _offered(_sale());
        _buy(buyer, id);
        _wrongStatus(id, IDatasetMarket.Status.Ended);
        vm.prank(publisher);
        market.cancel(id);
    }

    /// @dev The price is the least amount that is worth the seller's at the rate.
    function testFuzz_priceOf_roundsUpByLessThanOne(uint128 price, uint128 rate) public {
        price = uint128(_bound(price, 1, type(uint128).max));
        rate = uint128(_bound(rate, 1, type(uint128).max));
        IDatasetMarket.Offer memory offer = _saleInEuros();
        offer.price = price;
        uint256 id = _offered(offer);
        _setRate(rate);
        uint256 cost = market.priceOf(id);
        vm.assertTrue(cost * 1e18 >= uint256(price) * rate, "less than the price");
        vm.assertTrue((cost - 1) * 1e18 < uint256(price) * rate, "more than rounded up");
    }

    function testFuzz_buy_conservesTheCurrency(uint128 price, uint256 limit) public {
        price = uint128(_bound(price, 1, FUNDS + 10));
        limit = _bound(limit, 1, FUNDS + 10);
        IDatasetMarket.Offer memory offer = _sale();
        offer.price = price;
        uint256 id = _offered(offer);
        vm.prank(buyer);
        try market.buy(id, _tokenOf(id), limit) {
            vm.assertTrue(price <= limit && price <= FUNDS, "bought above the limit or the funds");
            vm.assertEq(token.balanceOf(publisher), price);
            _assertOwner(_tokenOf(id), buyer);
        } catch {
            vm.assertTrue(price > limit || price > FUNDS, "refused a price within the limit and the funds");
            _assertOwner(_tokenOf(id), address(market));
        }
        vm.assertEq(token.balanceOf(publisher) + token.balanceOf(buyer), FUNDS);
        vm.assertEq(token.balanceOf(address(market)), 0);
    }

    function _refusedRate(uint256 listingId, uint64 setAt) private {
        _expectError(IDatasetMarket.StaleRate.selector, abi.encode(oracle, EUR, setAt));
        market.priceOf(listingId);
        _expectError(IDatasetMarket.StaleRate.selector, abi.encode(oracle, EUR, setAt));
        _buy(buyer, listingId);
    }
}
