// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {DataTrades} from "../src/DataTrades.sol";
import {IDataTrades} from "../src/IDataTrades.sol";
import {IEscrow} from "../src/IEscrow.sol";
import {HostileToken, IPaid} from "./HostileToken.sol";
import {Market} from "./Market.sol";
import {SafeERC20} from "@openzeppelin/contracts/token/ERC20/utils/SafeERC20.sol";
import {ReentrancyGuardTransient} from "@openzeppelin/contracts/utils/ReentrancyGuardTransient.sol";

/// @dev A party that, when it is paid, makes every call it was told to and keeps what came of them.
contract Reentrant is IPaid {
    DataTrades private immutable _trades;
    bytes[] private _calls;
    uint256 public attempts;
    uint256 public blocked;

    constructor(DataTrades trades) {
        _trades = trades;
    }

    function plan(bytes memory data) external {
        _calls.push(data);
    }

    function paid() external {
        for (uint256 i = 0; i < _calls.length; ++i) {
            (bool done, bytes memory result) = address(_trades).call(_calls[i]);
            ++attempts;
            if (!done && bytes4(result) == ReentrancyGuardTransient.ReentrancyGuardReentrantCall.selector) ++blocked;
        }
    }
}

/// @dev A party that burns all the gas that it is given when it is paid.
contract GasBurner is IPaid {
    function paid() external pure {
        assembly {
            invalid()
        }
    }
}

/// @dev Tokens and receivers that misbehave.
contract DataTradesPaymentTest is Market {
    uint128 private constant TO_OWNER = PRICE * 7 / 10;
    uint128 private constant TO_PROVIDER = PRICE - TO_OWNER;
    HostileToken private token;

    function setUp() public override {
        super.setUp();
        token = new HostileToken();
        _openMarket(token);
        _fund(buyer);
    }

    function test_request_refusesATokenThatTakesAFee() public {
        token.setManner(HostileToken.Manner.TakesAFee);
        _expectError(IEscrow.UnsupportedToken.selector);
        _requested();
        vm.assertEq(trades.tradeCount(), 0);
    }

    function test_request_refusesATokenThatReturnsFalse() public {
        token.setManner(HostileToken.Manner.ReturnsFalse);
        _expectError(SafeERC20.SafeERC20FailedOperation.selector, abi.encode(token));
        _requested();
    }

    function test_confirm_worksWithATokenThatReturnsNothing() public {
        token.setManner(HostileToken.Manner.ReturnsNothing);
        uint256 id = _answered();
        _confirm(id);
        vm.assertEq(token.balanceOf(owner), TO_OWNER);
        vm.assertEq(trades.setAside(owner), 0);
    }

    function test_confirm_setsAsideWhatTheTokenRefusesAndPaysTheOthers() public {
        uint256 id = _answered();
        token.refuse(provider, true);
        vm.expectEmit(address(trades));
        emit IEscrow.SetAside(provider, TO_PROVIDER);
        _confirm(id);
        _assertStatus(id, IDataTrades.Status.Paid);
        vm.assertEq(token.balanceOf(owner), TO_OWNER);
        vm.assertEq(trades.setAside(provider), TO_PROVIDER);
        vm.assertEq(token.balanceOf(address(trades)), TO_PROVIDER);
    }

    function test_confirm_setsAsideWhenTheTokenReturnsFalse() public {
        uint256 id = _answered();
        token.setManner(HostileToken.Manner.ReturnsFalse);
        _confirm(id);
        vm.assertEq(trades.setAside(owner), TO_OWNER);
        vm.assertEq(trades.setAside(provider), TO_PROVIDER);
    }

    function test_confirm_paysNothingToWhoIsOwedNothing() public {
        uint256 id = _answered(1); // of which the owner's share rounds down to nothing
        token.refuse(owner, true);
        vm.recordLogs();
        _confirm(id);
        vm.assertEq(vm.getRecordedLogs().length, 2, "the provider's transfer and the payment, and nothing set aside");
        vm.assertEq(token.balanceOf(provider), 1);
    }

    function test_confirm_setsAsideWhatAGasBurnerRefuses() public {
        provider = address(new GasBurner());
        _openMarket(token);
        _fund(buyer);
        uint256 id = _answered();
        token.call(provider);
        vm.prank(buyer);
        trades.confirm{gas: 10_000_000}(id);
        vm.assertEq(token.balanceOf(owner), TO_OWNER);
        vm.assertEq(trades.setAside(provider), TO_PROVIDER);
    }

    function test_refund_isNotHeldUpByABuyerWhomTheTokenRefuses() public {
        uint256 id = _requested();
        token.refuse(buyer, true);
        vm.warp(trades.trade(id).deadline + 1);
        trades.refund(id);
        _assertStatus(id, IDataTrades.Status.Refunded);
        vm.assertEq(trades.setAside(buyer), PRICE);
    }

    function test_withdraw_paysAllThatWasSetAsideOnce() public {
        token.refuse(owner, true);
        _confirm(_answered());
        _confirm(_answered());
        vm.expectEmit(address(trades));
        emit IEscrow.Withdrawn(owner, stranger, 2 * uint256(TO_OWNER));
        vm.prank(owner);
        vm.assertEq(trades.withdraw(stranger), 2 * uint256(TO_OWNER));
        vm.assertEq(token.balanceOf(stranger), 2 * uint256(TO_OWNER));
        vm.assertEq(trades.setAside(owner), 0);
        vm.assertEq(token.balanceOf(address(trades)), 0);

        _expectError(IEscrow.NothingToWithdraw.selector, abi.encode(owner));
        vm.prank(owner);
        trades.withdraw(stranger);
    }

    function test_withdraw_refusesWhoHasNothing() public {
        token.refuse(owner, true);
        _confirm(_answered());
        _expectError(IEscrow.NothingToWithdraw.selector, abi.encode(stranger));
        vm.prank(stranger);
        trades.withdraw(stranger);
    }

    function test_withdraw_keepsWhatTheTokenStillRefuses() public {
        token.refuse(owner, true);
        _confirm(_answered());
        vm.expectRevert();
        vm.prank(owner);
        trades.withdraw(owner);
        vm.assertEq(trades.setAside(owner), TO_OWNER);
    }

    function test_withdraw_refusesTheZeroAddressAndTheEscrowItself() public {
        token.refuse(owner, true);
        _confirm(_answered());
        _expectError(IEscrow.InvalidReceiver.selector, abi.encode(address(0)));
        vm.prank(owner);
        trades.withdraw(address(0));
        _expectError(IEscrow.InvalidReceiver.selector, abi.encode(address(trades)));
        vm.prank(owner);
        trades.withdraw(address(trades));
    }

    /// @dev Every call that moves money, each on a trade on which it would succeed, from inside a payment.
    function test_reentry_isBlockedInEveryCallThatMovesMoney() public {
        Reentrant party = new Reentrant(trades);
        (buyer, arbiter) = (address(party), address(party));
        vm.prank(provider);
        trades.commission(PACKAGE, _terms());
        _fund(buyer);

        token.refuse(buyer, true);
        uint256 declined = _requested();
        vm.prank(owner);
        trades.cancel(declined); // leaves something to withdraw
        token.refuse(buyer, false);

        (uint256 expired, uint256 settled, uint256 undecided) = (_requested(), _answered(), _disputed());
        vm.warp(block.timestamp + 6 days);
        (uint256 open, uint256 cancelled) = (_answered(), _requested());
        (uint256 ruled, uint256 divided) = (_disputed(), _disputed());
        vm.prank(owner);
        trades.proposeSplit(divided, 5);
        uint256 trigger = _requested();

        party.plan(abi.encodeCall(trades.withdraw, (stranger)));
        party.plan(abi.encodeCall(trades.refund, (expired)));
        party.plan(abi.encodeCall(trades.settle, (settled)));
        party.plan(abi.encodeCall(trades.expireDispute, (undecided)));
        party.plan(abi.encodeCall(trades.confirm, (open)));
        party.plan(abi.encodeCall(trades.cancel, (cancelled)));
        party.plan(abi.encodeCall(trades.rule, (ruled, 5)));
        party.plan(abi.encodeCall(trades.proposeSplit, (divided, 5)));
        party.plan(abi.encodeCall(trades.request, (APPLICATION, owner, TAG, PERIOD, PUBLIC_KEY, PRICE, _terms())));
        token.call(buyer);
        vm.prank(owner);
        trades.cancel(trigger);

        vm.assertEq(party.attempts(), 9);
        vm.assertEq(party.blocked(), 9);
    }

    function _fund(address who) private {
        token.mint(who, 1000 ether);
        vm.prank(who);
        token.approve(address(trades), type(uint256).max);
    }

    function _confirm(uint256 id) private {
        vm.prank(buyer);
        trades.confirm(id);
    }
}
