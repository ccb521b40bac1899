// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {IDatasetMarket} from "../src/IDatasetMarket.sol";
import {IEscrow} from "../src/IEscrow.sol";
import {Datasets} from "./Datasets.sol";
import {IERC20Errors} from "@openzeppelin/contracts/interfaces/draft-IERC6093.sol";
import {IERC1155} from "@openzeppelin/contracts/token/ERC1155/IERC1155.sol";

/// @dev Ascending auctions: bids, what becomes of those that are outbid, and the end.
contract DatasetMarketAuctionTest is Datasets {
    uint256 private id;
    uint256 private tokenId;
    uint64 private endsAt;

    function setUp() public override {
        super.setUp();
        id = _offered(_auction());
        tokenId = _tokenOf(id);
        endsAt = market.listing(id).endsAt;
    }

    function test_bid_takesTheFirstFromTheReserveOn() public {
        vm.assertEq(market.minimumBid(id), RESERVE);
        _tooLow(buyer, RESERVE - 1, RESERVE);
        _tooLow(buyer, 0, RESERVE);
        vm.recordLogs();
        _bid(buyer, id, RESERVE);
        vm.assertEq(vm.getRecordedLogs().length, 3, "the bid, and the transfer's two: nothing is set aside or used");
        _assertHighest(buyer, RESERVE);
        vm.assertEq(token.balanceOf(buyer), FUNDS - RESERVE);
        vm.assertEq(token.balanceOf(address(market)), RESERVE);
    }

    function test_bid_exceedsTheHighestByTheStep() public {
        _bid(buyer, id, RESERVE);
        vm.assertEq(market.minimumBid(id), RESERVE + STEP);
        _tooLow(rival, RESERVE + STEP - 1, RESERVE + STEP);
        _bid(rival, id, RESERVE + STEP);
        _assertHighest(rival, RESERVE + STEP);
    }

    function test_bid_exceedsTheHighestByOnePercentRoundedUp() public {
        _bid(buyer, id, 2001);
        vm.assertEq(market.minimumBid(id), 2001 + 21);
        _tooLow(rival, 2001 + 20, 2001 + 21);
        _bid(rival, id, 2001 + 21);
    }

    function test_bid_setsAsideWhatIsOutbid() public {
        _bid(buyer, id, RESERVE);
        vm.expectEmit(address(market));
        emit IEscrow.SetAside(buyer, RESERVE);
        vm.expectEmit(address(market));
        emit IDatasetMarket.BidPlaced(id, rival, 2 * RESERVE, endsAt);
        _bid(rival, id, 2 * RESERVE);
        vm.assertEq(market.setAside(buyer), RESERVE);
        vm.assertEq(market.setAside(rival), 0);
        vm.assertEq(token.balanceOf(address(market)), 3 * RESERVE);

        vm.expectEmit(address(market));
        emit IEscrow.Withdrawn(buyer, stranger, RESERVE);
        vm.prank(buyer);
        vm.assertEq(market.withdraw(stranger), RESERVE);
        vm.assertEq(token.balanceOf(stranger), RESERVE);
        _expectError(IEscrow.NothingToWithdraw.selector, abi.encode(buyer));
        vm.prank(buyer);
        market.withdraw(buyer);
    }

    function test_bid_usesFirstWhatIsSetAsideForTheBidder() public {
        _bid(buyer, id, RESERVE);
        _bid(rival, id, 2 * RESERVE);
        vm.expectEmit(address(market));
        emit IEscrow.Withdrawn(buyer, address(market), RESERVE);
        _bid(buyer, id, 3 * RESERVE);
        vm.assertEq(market.setAside(buyer), 0);
        vm.assertEq(market.setAside(rival), 2 * RESERVE);
        vm.assertEq(token.balanceOf(buyer), FUNDS - 3 * RESERVE);
        vm.assertEq(token.balanceOf(address(market)), 5 * RESERVE);
    }

    function test_bid_leavesTheRestOfWhatIsSetAside() public {
        _bid(buyer, id, 3 * RESERVE);
        _bid(rival, id, 4 * RESERVE);
        uint256 other = _offered(_auction());
        vm.prank(buyer);
        token.approve(address(market), 0); // all of it comes from what is set aside
        vm.expectEmit(address(market));
        emit IEscrow.Withdrawn(buyer, address(market), RESERVE);
        _bid(buyer, other, RESERVE);
        vm.assertEq(market.setAside(buyer), 2 * RESERVE);
        _bid(rival, other, 2 * RESERVE);
        vm.assertEq(market.setAside(buyer), 3 * RESERVE);
        _bid(buyer, other, 3 * RESERVE);
        vm.assertEq(market.setAside(buyer), 0);
        vm.assertEq(token.balanceOf(buyer), FUNDS - 3 * RESERVE);
    }

    function test_bid_ofTheHighestBidderCostsTheDifference() public {
        _bid(buyer, id, RESERVE);
        _bid(buyer, id, 2 * RESERVE);
        _assertHighest(buyer, 2 * RESERVE);
        vm.assertEq(market.setAside(buyer), 0);
        vm.assertEq(token.balanceOf(buyer), FUNDS - 2 * RESERVE);
        vm.assertEq(token.balanceOf(address(market)), 2 * RESERVE);
    }

    function test_bid_refusesAnotherTokenThanTheBidderMeant() public {
        uint256 other = _offered(_auction());
        _expectError(IDatasetMarket.AnotherToken.selector, abi.encode(id, _tokenOf(id)));
        vm.prank(buyer);
        market.bid(id, _tokenOf(other), RESERVE);
    }

    function test_bid_refusesTheSeller() public {
        _notAllowed(publisher);
        market.bid(id, _tokenOf(id), RESERVE);
    }

    function test_bid_refusesWhatIsNoAuction() public {
        _wrongStatus(9, IDatasetMarket.Status.None);
        vm.prank(buyer);
        market.bid(9, 0, RESERVE);
        uint256 sale = _offered(_sale());
        _wrongStatus(sale, IDatasetMarket.Status.Sale);
        _bid(buyer, sale, PRICE);
    }

    function test_bid_refusesWhatTheBidderCannotPay() public {
        _expectError(IERC20Errors.ERC20InsufficientBalance.selector, abi.encode(buyer, FUNDS, FUNDS + 1));
        _bid(buyer, id, uint128(FUNDS) + 1);
        _assertHighest(address(0), 0);
    }

    function test_bid_beyondTheLargestCannotComeNext() public {
        uint128 most = type(uint128).max;
        token.mint(buyer, most);
        _bid(buyer, id, most);
        _tooLow(rival, most, uint256(most) + most / 100 + 1);
    }

    function test_bid_extendsTheAuctionWhenItComesAtTheEnd() public {
        vm.warp(endsAt - 10 minutes);
        _bid(buyer, id, RESERVE);
        vm.assertEq(market.listing(id).endsAt, endsAt);
        vm.warp(endsAt - 10 minutes + 1);
        vm.expectEmit(address(market));
        emit IDatasetMarket.BidPlaced(id, rival, 2 * RESERVE, endsAt + 1);
        _bid(rival, id, 2 * RESERVE);
        vm.assertEq(market.listing(id).endsAt, endsAt + 1);
    }

    function test_bid_isTakenInTheLastSecond() public {
        vm.warp(endsAt);
        _bid(buyer, id, RESERVE);
        vm.assertEq(market.listing(id).endsAt, endsAt + 10 minutes);
        vm.warp(endsAt + 10 minutes);
        _bid(rival, id, 2 * RESERVE);
        vm.assertEq(market.listing(id).endsAt, endsAt + 20 minutes);
    }

    function test_bid_isRefusedAfterTheEnd() public {
        vm.warp(endsAt + 1);
        _expectError(IDatasetMarket.TooLate.selector, abi.encode(id, endsAt));
        _bid(buyer, id, RESERVE);
    }

    function test_bid_extendsNothingWithoutAnExtension() public {
        IDatasetMarket.Offer memory offer = _auction();
        offer.extension = 0;
        uint256 other = _offered(offer);
        vm.warp(endsAt);
        _bid(buyer, other, RESERVE);
        vm.assertEq(market.listing(other).endsAt, endsAt);
    }

    function test_settle_givesTheTokenToTheHighestBidderAndTheBidToTheSeller() public {
        _bid(buyer, id, RESERVE);
        _bid(rival, id, 2 * RESERVE);
        vm.warp(endsAt + 1);
        vm.expectEmit(address(market));
        emit IDatasetMarket.Sold(id, tokenId, rival, publisher, 2 * RESERVE);
        vm.expectEmit(address(token));
        emit IERC1155.TransferSingle(address(market), address(market), rival, tokenId, 1);
        vm.prank(stranger);
        market.settle(id);
        _assertStatus(id, IDatasetMarket.Status.Ended);
        _assertOwner(tokenId, rival);
        vm.assertEq(market.keptFor(tokenId), address(0));
        vm.assertEq(token.balanceOf(publisher), 2 * RESERVE);
        vm.assertEq(token.balanceOf(address(market)), RESERVE);
        vm.assertEq(market.setAside(buyer), RESERVE);

        _wrongStatus(id, IDatasetMarket.Status.Ended);
        market.settle(id);
        _wrongStatus(id, IDatasetMarket.Status.Ended);
        _bid(buyer, id, 3 * RESERVE);
    }

    function test_settle_waitsForTheEnd() public {
        _bid(buyer, id, RESERVE);
        vm.warp(endsAt);
        _expectError(IDatasetMarket.TooEarly.selector, abi.encode(id, endsAt));
        market.settle(id);
    }

    function test_settle_givesTheTokenBackWhenNobodyBid() public {
        vm.warp(endsAt + 1);
        vm.expectEmit(address(market));
        emit IDatasetMarket.Unlisted(id, tokenId, publisher);
        vm.prank(stranger);
        market.settle(id);
        _assertStatus(id, IDatasetMarket.Status.Ended);
        _assertOwner(tokenId, publisher);
    }

    function test_settle_refusesWhatIsNoAuction() public {
        uint256 sale = _offered(_sale());
        _wrongStatus(sale, IDatasetMarket.Status.Sale);
        market.settle(sale);
        _wrongStatus(9, IDatasetMarket.Status.None);
        market.settle(9);
    }

    function test_cancel_endsAnAuctionThatNobodyBidIn() public {
        _notAllowed(buyer);
        market.cancel(id);
        vm.warp(endsAt + 1);
        vm.expectEmit(address(market));
        emit IDatasetMarket.Unlisted(id, tokenId, publisher);
        vm.prank(publisher);
        market.cancel(id);
        _assertOwner(tokenId, publisher);
        _wrongStatus(id, IDatasetMarket.Status.Ended);
        market.settle(id);
    }

    function test_cancel_refusesAnAuctionThatWasBidIn() public {
        _bid(buyer, id, RESERVE);
        _expectError(IDatasetMarket.AlreadyBidOn.selector, abi.encode(id));
        vm.prank(publisher);
        market.cancel(id);
        vm.warp(endsAt + 1);
        _expectError(IDatasetMarket.AlreadyBidOn.selector, abi.encode(id));
        vm.prank(publisher);
        market.cancel(id);
    }

    function test_minimumBid_knowsAuctionsOnly() public {
        uint256 sale = _offered(_sale());
        _wrongStatus(sale, IDatasetMarket.Status.Sale);
        market.minimumBid(sale);
    }

    /// @dev A bid is taken exactly when it reaches the step and one percent above the highest.
    function testFuzz_bid_reachesBothSteps(uint128 first, uint128 step, uint128 next) public {
        first = uint128(_bound(first, RESERVE, 100_000));
        step = uint128(_bound(step, 1, 2000));
        next = uint128(_bound(next, first, first + 3000));
        IDatasetMarket.Offer memory offer = _auction();
        offer.step = step;
        uint256 auction = _offered(offer);
        _bid(buyer, auction, first);
        bool enough = next >= uint256(first) + step && (uint256(next) - first) * 100 >= first;
        vm.prank(rival);
        try market.bid(auction, _tokenOf(auction), next) {
            vm.assertTrue(enough, "took too low a bid");
            vm.assertEq(market.setAside(buyer), first);
        } catch {
            vm.assertTrue(!enough, "refused a bid that is high enough");
        }
    }

    /// @dev However bids, extensions and withdrawals follow each other, the market owes what it holds.
    function testFuzz_bid_theEscrowIsTheHighestBidAndWhatIsSetAside(uint256 seed) public {
        uint128 amount = RESERVE;
        for (uint256 i = 0; i < 12; ++i) {
            seed = uint256(keccak256(abi.encode(seed)));
            address who = seed % 2 == 0 ? buyer : rival;
            if (seed % 5 == 0 && market.setAside(who) != 0) {
                vm.prank(who);
                market.withdraw(who);
            }
            amount = uint128(market.minimumBid(id) + seed % 777);
            _bid(who, id, amount);
            vm.warp(_bound(seed / 7, block.timestamp, market.listing(id).endsAt));
            uint256 aside = market.setAside(buyer) + market.setAside(rival);
            vm.assertEq(token.balanceOf(address(market)), amount + aside);
            vm.assertTrue(market.listing(id).endsAt >= endsAt, "the end came nearer");
        }
    }

    function _tooLow(address who, uint128 amount, uint256 minimum) private {
        _expectError(IDatasetMarket.BidTooLow.selector, abi.encode(id, minimum));
        _bid(who, id, amount);
    }

    function _assertHighest(address bidder, uint128 amount) private view {
        vm.assertEq(market.listing(id).bidder, bidder);
        vm.assertEq(market.listing(id).bid, amount);
    }
}
