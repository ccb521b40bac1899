// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {IDataTrades} from "../src/IDataTrades.sol";
import {Market} from "./Market.sol";

contract DataTradesDisputeTest is Market {
    function test_dispute_freezesThePriceAndShowsTheEvidence() public {
        uint256 id = _answered();
        uint64 rulingBy = uint64(block.timestamp + 5 days);
        vm.expectEmit(address(trades));
        emit IDataTrades.Disputed(id, buyer, owner, arbiter, abi.encode(KEY), rulingBy);
        vm.prank(buyer);
        trades.dispute(id, abi.encode(KEY));
        _assertStatus(id, IDataTrades.Status.Disputed);
        vm.assertEq(trades.trade(id).deadline, rulingBy);

        vm.warp(rulingBy);
        _wrongStatus(id, IDataTrades.Status.Disputed);
        trades.settle(id);
        _expectError(IDataTrades.TooEarly.selector, abi.encode(id, rulingBy));
        trades.expireDispute(id);
    }

    function test_dispute_needsNoEvidenceButNoOtherLength() public {
        uint256 id = _answered();
        _expectError(IDataTrades.InvalidEvidence.selector);
        vm.prank(buyer);
        trades.dispute(id, new bytes(31));
        _expectError(IDataTrades.InvalidEvidence.selector);
        vm.prank(buyer);
        trades.dispute(id, new bytes(33));
        vm.prank(buyer);
        trades.dispute(id, "");
    }

    function test_dispute_refusesEverybodyButTheBuyer() public {
        uint256 id = _answered();
        _notAllowed(id, owner);
        trades.dispute(id, "");
    }

    function test_dispute_worksInTheLastSecondAndNotAfter() public {
        uint256 id = _answered();
        uint64 deadline = trades.trade(id).deadline;
        vm.warp(deadline + 1);
        _expectError(IDataTrades.TooLate.selector, abi.encode(id, deadline));
        vm.prank(buyer);
        trades.dispute(id, "");
        vm.warp(deadline);
        vm.prank(buyer);
        trades.dispute(id, "");
    }

    function test_dispute_refusesWhatIsNotAnswered() public {
        uint256 id = _requested();
        _wrongStatus(id, IDataTrades.Status.Requested);
        vm.prank(buyer);
        trades.dispute(id, "");

        id = _disputed();
        _wrongStatus(id, IDataTrades.Status.Disputed);
        vm.prank(buyer);
        trades.dispute(id, "");
    }

    function test_confirm_endsADisputeThatTheBuyerGivesUp() public {
        uint256 id = _disputed();
        vm.prank(buyer);
        trades.confirm(id);
        _assertEnded(id, IDataTrades.Status.Paid, 0);
    }

    function test_rule_dividesThePrice() public {
        uint256 id = _disputed();
        uint128 rest = PRICE - 4 ether;
        uint128 toOwner = rest * 7 / 10;
        vm.expectEmit(address(trades));
        emit IDataTrades.Ruled(id, arbiter, 4 ether);
        vm.expectEmit(address(trades));
        emit IDataTrades.SplitAgreed(id, buyer, owner, 4 ether, toOwner, rest - toOwner);
        vm.prank(arbiter);
        trades.rule(id, 4 ether);
        _assertEnded(id, IDataTrades.Status.Split, 4 ether);
    }

    function test_rule_forTheBuyerIsARefund() public {
        uint256 id = _disputed();
        vm.expectEmit(address(trades));
        emit IDataTrades.Ruled(id, arbiter, PRICE);
        vm.expectEmit(address(trades));
        emit IDataTrades.Refunded(id, buyer, owner, PRICE);
        vm.prank(arbiter);
        trades.rule(id, PRICE);
        _assertEnded(id, IDataTrades.Status.Refunded, PRICE);
    }

    function test_rule_forTheOwnerIsAPayment() public {
        uint256 id = _disputed();
        uint128 toOwner = PRICE * 7 / 10;
        vm.expectEmit(address(trades));
        emit IDataTrades.Paid(id, buyer, owner, provider, toOwner, PRICE - toOwner);
        vm.prank(arbiter);
        trades.rule(id, 0);
        _assertEnded(id, IDataTrades.Status.Paid, 0);
    }

    function test_rule_refusesEverybodyButTheTradesArbiter() public {
        uint256 id = _disputed();
        IDataTrades.Terms memory biased = _terms();
        biased.arbiter = provider;
        vm.prank(provider);
        trades.commission(PACKAGE, biased);
        _notAllowed(id, provider);
        trades.rule(id, 0);
    }

    function test_rule_refusesMoreThanThePrice() public {
        uint256 id = _disputed();
        _expectError(IDataTrades.ExceedsPrice.selector, abi.encode(id, PRICE + 1));
        vm.prank(arbiter);
        trades.rule(id, PRICE + 1);
    }

    function test_rule_worksInTheLastSecondAndNotAfter() public {
        uint256 id = _disputed();
        uint64 deadline = trades.trade(id).deadline;
        vm.warp(deadline + 1);
        _expectError(IDataTrades.TooLate.selector, abi.encode(id, deadline));
        vm.prank(arbiter);
        trades.rule(id, 0);
        vm.warp(deadline);
        vm.prank(arbiter);
        trades.rule(id, 0);
    }

    function test_rule_refusesWhatIsNotDisputedOrHasEnded() public {
        uint256 id = _answered();
        _wrongStatus(id, IDataTrades.Status.Answered);
        vm.prank(arbiter);
        trades.rule(id, 0);

        id = _disputed();
        vm.prank(arbiter);
        trades.rule(id, 1);
        _wrongStatus(id, IDataTrades.Status.Split);
        vm.prank(arbiter);
        trades.rule(id, 1);
    }

    function test_proposeSplit_carriesOutEqualProposals() public {
        uint256 id = _disputed();
        vm.expectEmit(address(trades));
        emit IDataTrades.SplitProposed(id, owner, 3 ether);
        vm.prank(owner);
        trades.proposeSplit(id, 3 ether);
        _assertStatus(id, IDataTrades.Status.Disputed);
        vm.prank(buyer);
        trades.proposeSplit(id, 3 ether);
        _assertEnded(id, IDataTrades.Status.Split, 3 ether);
    }

    function test_proposeSplit_waitsUntilTheProposalsAreEqual() public {
        uint256 id = _disputed();
        vm.prank(buyer);
        trades.proposeSplit(id, 0);
        _assertStatus(id, IDataTrades.Status.Disputed);
        vm.prank(owner);
        trades.proposeSplit(id, 1);
        _assertStatus(id, IDataTrades.Status.Disputed);
        vm.prank(owner);
        trades.proposeSplit(id, 0);
        _assertEnded(id, IDataTrades.Status.Paid, 0);
    }

    function test_proposeSplit_doesNotAgreeWithAnEarlierProposalOfTheOther() public {
        uint256 id = _disputed();
        vm.prank(buyer);
        trades.proposeSplit(id, 5 ether);
        vm.prank(buyer);
        trades.proposeSplit(id, 6 ether);
        vm.prank(owner);
        trades.proposeSplit(id, 5 ether);
        _assertStatus(id, IDataTrades.Status.Disputed);
    }

    function test_proposeSplit_keepsTradesApart() public {
        uint256 first = _disputed();
        uint256 second = _disputed();
        vm.prank(buyer);
        trades.proposeSplit(first, 1 ether);
        vm.prank(owner);
        trades.proposeSplit(second, 1 ether);
        _assertStatus(first, IDataTrades.Status.Disputed);
        _assertStatus(second, IDataTrades.Status.Disputed);
    }

    function test_proposeSplit_refusesEverybodyButBuyerAndOwner() public {
        uint256 id = _disputed();
        _notAllowed(id, provider);
        trades.proposeSplit(id, 0);
        _notAllowed(id, arbiter);
        trades.proposeSplit(id, 0);
    }

    function test_proposeSplit_refusesMoreThanThePrice() public {
        uint256 id = _disputed();
        _expectError(IDataTrades.ExceedsPrice.selector, abi.encode(id, PRICE + 1));
        vm.prank(buyer);
        trades.proposeSplit(id, PRICE + 1);
    }

    function test_proposeSplit_refusesWhatIsNotDisputed() public {
        uint256 id = _answered();
        _wrongStatus(id, IDataTrades.Status.Answered);
        vm.prank(buyer);
        trades.proposeSplit(id, 0);
    }

    function test_expireDispute_refundsWhatNobodyRuled() public {
        uint256 id = _disputed();
        vm.warp(trades.trade(id).deadline + 1);
        vm.prank(stranger);
        trades.expireDispute(id);
        _assertEnded(id, IDataTrades.Status.Refunded, PRICE);
    }

    function test_expireDispute_refusesWhatIsNotDisputed() public {
        uint256 id = _answered();
        vm.warp(block.timestamp + 365 days);
        _wrongStatus(id, IDataTrades.Status.Answered);
        trades.expireDispute(id);
    }

    function testFuzz_rule_paysEveryUnitOnce(uint128 price, uint128 toBuyer, bool byAgreement) public {
        price = uint128(_bound(price, 1, type(uint128).max));
        toBuyer = uint128(_bound(toBuyer, 0, price));
        credit.mint(buyer, price);
        uint256 before = credit.balanceOf(buyer);
        uint256 id = _disputed(price);
        if (byAgreement) {
            vm.prank(buyer);
            trades.proposeSplit(id, toBuyer);
            vm.prank(owner);
            trades.proposeSplit(id, toBuyer);
        } else {
            vm.prank(arbiter);
            trades.rule(id, toBuyer);
        }
        vm.assertEq(credit.balanceOf(buyer), before - price + toBuyer);
        vm.assertEq(credit.balanceOf(owner), uint256(price - toBuyer) * 7000 / 10_000);
        vm.assertEq(credit.balanceOf(owner) + credit.balanceOf(provider), price - toBuyer);
        vm.assertEq(credit.balanceOf(address(trades)), 0);
    }

    function _assertEnded(uint256 id, IDataTrades.Status status, uint128 toBuyer) private view {
        _assertStatus(id, status);
        uint128 toOwner = (PRICE - toBuyer) * 7 / 10;
        vm.assertEq(credit.balanceOf(buyer), 1000 ether - PRICE + toBuyer, "buyer");
        vm.assertEq(credit.balanceOf(owner), toOwner, "owner");
        vm.assertEq(credit.balanceOf(provider), PRICE - toBuyer - toOwner, "provider");
        vm.assertEq(credit.balanceOf(address(trades)), 0, "escrow");
    }
}
