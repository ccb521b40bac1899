// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {IDataTrades} from "../src/IDataTrades.sol";
import {Market} from "./Market.sol";

/// @dev From request to payment or refund, without a dispute.
contract DataTradesAnswerTest is Market {
    uint128 private constant TO_OWNER = PRICE * 7 / 10;
    uint128 private constant TO_PROVIDER = PRICE - TO_OWNER;

    function test_respond_startsTheConfirmationWindow() public {
        uint256 id = _requested();
        uint64 confirmBy = uint64(block.timestamp + 3 days);
        vm.expectEmit(address(trades));
        emit IDataTrades.Answered(id, buyer, owner, _encryptedKey(), BLOB, confirmBy);
        vm.prank(owner);
        trades.respond(id, _encryptedKey(), BLOB);
        _assertStatus(id, IDataTrades.Status.Answered);
        vm.assertEq(trades.trade(id).deadline, confirmBy);
        vm.assertEq(credit.balanceOf(address(trades)), PRICE);
    }

    function test_respond_refusesEverybodyButTheOwner() public {
        uint256 id = _requested();
        _notAllowed(id, provider);
        trades.respond(id, _encryptedKey(), BLOB);
    }

    function test_respond_refusesASecondAnswer() public {
        uint256 id = _answered();
        _wrongStatus(id, IDataTrades.Status.Answered);
        vm.prank(owner);
        trades.respond(id, _encryptedKey(), BLOB);
    }

    function test_respond_refusesAnUnknownTrade() public {
        _wrongStatus(9, IDataTrades.Status.None);
        vm.prank(owner);
        trades.respond(9, _encryptedKey(), BLOB);
    }

    function test_respond_worksInTheLastSecondAndNotAfter() public {
        uint256 id = _requested();
        uint64 deadline = trades.trade(id).deadline;
        vm.warp(deadline + 1);
        _expectError(IDataTrades.TooLate.selector, abi.encode(id, deadline));
        vm.prank(owner);
        trades.respond(id, _encryptedKey(), BLOB);
        vm.warp(deadline);
        vm.prank(owner);
        trades.respond(id, _encryptedKey(), BLOB);
    }

    function test_respond_refusesKeysOfAnotherLength() public {
        uint256 id = _requested();
        for (uint256 length = 112; length <= 114; length += 2) {
            _expectError(IDataTrades.InvalidEncryptedKey.selector);
            vm.prank(owner);
            trades.respond(id, new bytes(length), BLOB);
        }
    }

    function test_respond_refusesACidThatWasNotSealed() public {
        uint256 id = _requested();
        _expectError(IDataTrades.CidMismatch.selector, abi.encode(sealId));
        vm.prank(owner);
        trades.respond(id, _encryptedKey(), PACKAGE);
    }

    function test_confirm_paysOwnerAndProviderByTheShare() public {
        uint256 id = _answered();
        vm.expectEmit(address(trades));
        emit IDataTrades.Paid(id, buyer, owner, provider, TO_OWNER, TO_PROVIDER);
        vm.prank(buyer);
        trades.confirm(id);
        _assertEnded(id, IDataTrades.Status.Paid, 0, TO_OWNER, TO_PROVIDER);
    }

    function test_confirm_paysByTheShareOfTheRequest() public {
        uint256 id = _answered();
        IDataTrades.Terms memory greedy = _terms();
        greedy.ownerShare = 0;
        vm.prank(provider);
        trades.commission(PACKAGE, greedy);
        vm.prank(buyer);
        trades.confirm(id);
        _assertEnded(id, IDataTrades.Status.Paid, 0, TO_OWNER, TO_PROVIDER);
    }

    function test_confirm_refusesEverybodyButTheBuyer() public {
        uint256 id = _answered();
        _notAllowed(id, owner);
        trades.confirm(id);
    }

    function test_confirm_refusesWhatIsNotAnsweredOrHasEnded() public {
        uint256 id = _requested();
        _wrongStatus(id, IDataTrades.Status.Requested);
        vm.prank(buyer);
        trades.confirm(id);

        id = _answered();
        vm.prank(buyer);
        trades.confirm(id);
        _wrongStatus(id, IDataTrades.Status.Paid);
        vm.prank(buyer);
        trades.confirm(id);
    }

    function test_settle_paysASilentBuyersTradeForAnybody() public {
        uint256 id = _answered();
        vm.warp(trades.trade(id).deadline + 1);
        vm.prank(stranger);
        trades.settle(id);
        _assertEnded(id, IDataTrades.Status.Paid, 0, TO_OWNER, TO_PROVIDER);
    }

    function test_settle_waitsForTheConfirmationDeadline() public {
        uint256 id = _answered();
        uint64 deadline = trades.trade(id).deadline;
        vm.warp(deadline);
        _expectError(IDataTrades.TooEarly.selector, abi.encode(id, deadline));
        vm.prank(owner);
        trades.settle(id);
    }

    function test_settle_refusesWhatIsNotAnswered() public {
        uint256 id = _requested();
        vm.warp(block.timestamp + 365 days);
        _wrongStatus(id, IDataTrades.Status.Requested);
        trades.settle(id);
    }

    function test_cancel_byTheOwnerRefundsAtOnce() public {
        uint256 id = _requested();
        vm.expectEmit(address(trades));
        emit IDataTrades.Refunded(id, buyer, owner, PRICE);
        vm.prank(owner);
        trades.cancel(id);
        _assertEnded(id, IDataTrades.Status.Refunded, PRICE, 0, 0);
    }

    function test_cancel_byTheBuyerLeavesTheOwnerTheNotice() public {
        uint256 id = _requested();
        uint64 answerBy = uint64(block.timestamp + 1 hours);
        vm.expectEmit(address(trades));
        emit IDataTrades.CancelNoticed(id, answerBy);
        vm.prank(buyer);
        trades.cancel(id);
        _assertStatus(id, IDataTrades.Status.Requested);

        vm.warp(answerBy);
        _expectError(IDataTrades.TooEarly.selector, abi.encode(id, answerBy));
        trades.refund(id);
        vm.prank(owner);
        trades.respond(id, _encryptedKey(), BLOB);
        _assertStatus(id, IDataTrades.Status.Answered);
    }

    function test_cancel_byTheBuyerNeverMovesTheDeadlineBack() public {
        uint256 id = _requested();
        uint64 deadline = trades.trade(id).deadline;
        vm.warp(deadline - 1);
        vm.prank(buyer);
        trades.cancel(id);
        vm.assertEq(trades.trade(id).deadline, deadline);
    }

    function test_cancel_twiceDoesNotProlongTheNotice() public {
        uint256 id = _requested();
        vm.prank(buyer);
        trades.cancel(id);
        uint64 deadline = trades.trade(id).deadline;
        vm.warp(block.timestamp + 30 minutes);
        vm.prank(buyer);
        trades.cancel(id);
        vm.assertEq(trades.trade(id).deadline, deadline);
    }

    function test_cancel_usesTheNoticeOfTheRequest() public {
        uint256 id = _requested();
        IDataTrades.Terms memory hasty = _terms();
        hasty.cancelNotice = 1;
        vm.prank(provider);
        trades.commission(PACKAGE, hasty);
        vm.prank(buyer);
        trades.cancel(id);
        vm.assertEq(trades.trade(id).deadline, block.timestamp + 1 hours);
    }

    function test_cancel_byTheBuyerIsRefusedAfterTheDeadline() public {
        uint256 id = _requested();
        uint64 deadline = trades.trade(id).deadline;
        vm.warp(deadline + 1);
        _expectError(IDataTrades.TooLate.selector, abi.encode(id, deadline));
        vm.prank(buyer);
        trades.cancel(id);
    }

    function test_cancel_refusesStrangersAndAnsweredTrades() public {
        uint256 id = _requested();
        _notAllowed(id, provider);
        trades.cancel(id);

        id = _answered();
        _wrongStatus(id, IDataTrades.Status.Answered);
        vm.prank(buyer);
        trades.cancel(id);
    }

    function test_refund_returnsThePriceForAnybodyAfterTheDeadline() public {
        uint256 id = _requested();
        vm.warp(trades.trade(id).deadline + 1);
        vm.expectEmit(address(trades));
        emit IDataTrades.Refunded(id, buyer, owner, PRICE);
        vm.prank(stranger);
        trades.refund(id);
        _assertEnded(id, IDataTrades.Status.Refunded, PRICE, 0, 0);
    }

    function test_refund_waitsForTheAnswerDeadline() public {
        uint256 id = _requested();
        uint64 deadline = trades.trade(id).deadline;
        vm.warp(deadline);
        _expectError(IDataTrades.TooEarly.selector, abi.encode(id, deadline));
        trades.refund(id);
    }

    function test_refund_refusesAnAnsweredTradeAndASecondRefund() public {
        uint256 id = _answered();
        vm.warp(block.timestamp + 365 days);
        _wrongStatus(id, IDataTrades.Status.Answered);
        trades.refund(id);

        id = _requested();
        vm.warp(block.timestamp + 365 days);
        trades.refund(id);
        _wrongStatus(id, IDataTrades.Status.Refunded);
        trades.refund(id);
    }

    function testFuzz_confirm_dividesEveryPriceWithoutRemainder(uint128 price, uint16 share) public {
        price = uint128(_bound(price, 1, type(uint128).max));
        share = uint16(_bound(share, 0, 10_000));
        IDataTrades.Terms memory terms = _terms();
        terms.ownerShare = share;
        vm.prank(provider);
        trades.commission(PACKAGE, terms);
        credit.mint(buyer, price);

        vm.prank(buyer);
        uint256 id = trades.request(APPLICATION, owner, TAG, PERIOD, PUBLIC_KEY, price, terms);
        vm.prank(owner);
        trades.respond(id, _encryptedKey(), BLOB);
        vm.prank(buyer);
        trades.confirm(id);

        uint256 toOwner = credit.balanceOf(owner);
        vm.assertTrue(toOwner * 10_000 <= uint256(price) * share, "the owner got more than its share");
        vm.assertTrue((toOwner + 1) * 10_000 > uint256(price) * share, "the owner lost more than rounding");
        vm.assertEq(credit.balanceOf(provider), price - toOwner);
        vm.assertEq(credit.balanceOf(address(trades)), 0);
    }

    /// @dev Whatever the windows and the moment: exactly one of answer and refund is open.
    function testFuzz_deadline_leavesExactlyOneWay(uint32 answerWindow, uint32 notice, uint32 wait, bool cancelled)
        public
    {
        IDataTrades.Terms memory terms = _terms();
        terms.answerWindow = uint32(_bound(answerWindow, 1, 90 days));
        terms.cancelNotice = uint32(_bound(notice, 1, terms.answerWindow));
        vm.prank(provider);
        trades.commission(PACKAGE, terms);
        vm.prank(buyer);
        uint256 id = trades.request(APPLICATION, owner, TAG, PERIOD, PUBLIC_KEY, PRICE, terms);
        if (cancelled) {
            vm.prank(buyer);
            trades.cancel(id);
        }
        uint256 window = cancelled ? terms.cancelNotice : terms.answerWindow;
        wait = uint32(_bound(wait, 0, 2 * window));
        vm.warp(block.timestamp + wait);

        (bool refunded,) = address(trades).call(abi.encodeCall(trades.refund, (id)));
        vm.prank(owner);
        (bool answered,) = address(trades).call(abi.encodeCall(trades.respond, (id, _encryptedKey(), BLOB)));
        vm.assertTrue(refunded == (wait > window), "refund");
        vm.assertTrue(answered == (wait <= window), "answer");
    }

    function _assertEnded(uint256 id, IDataTrades.Status status, uint256 toBuyer, uint256 toOwner, uint256 toProvider)
        private
        view
    {
        _assertStatus(id, status);
        vm.assertEq(credit.balanceOf(buyer), 1000 ether - PRICE + toBuyer, "buyer");
        vm.assertEq(credit.balanceOf(owner), toOwner, "owner");
        vm.assertEq(credit.balanceOf(provider), toProvider, "provider");
        vm.assertEq(credit.balanceOf(address(trades)), 0, "escrow");
    }
}
