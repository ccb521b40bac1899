// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {ICollaboration} from "../src/ICollaboration.sol";
import {IEscrow} from "../src/IEscrow.sol";
import {HostileToken} from "./HostileToken.sol";
import {Queries} from "./Queries.sol";
import {Wallet} from "./Wallet.sol";

/// @dev Currencies and parties that misbehave, at every payment.
contract CollaborationHostileTest is Queries {
    /// @dev Every payment that there is.
    enum Payment {
        Answer,
        Confirm,
        Settle,
        Decline,
        Expire
    }

    uint256 private constant PAYMENTS = 5;

    function test_bond_refusesTokensThatDeliverAnotherAmount() public {
        token.setManner(HostileToken.Manner.TakesAFee);
        _expectError(IEscrow.UnsupportedToken.selector);
        _bonded();
        token.setManner(HostileToken.Manner.GivesABonus);
        _expectError(IEscrow.UnsupportedToken.selector);
        _bonded();
        token.setManner(HostileToken.Manner.ReturnsFalse);
        vm.expectRevert();
        _bonded();
        token.setManner(HostileToken.Manner.ReturnsNothing);
        _bonded();
        _assertMoney(REWARD + FEE, 0, 0, REWARD + FEE);
    }

    function test_bond_needsTheMoneyAndTheAllowance() public {
        vm.prank(querier);
        token.approve(address(queries), REWARD + FEE - 1);
        vm.expectRevert();
        _bonded();
        _assertState(QUERY, ICollaboration.State.None);
        vm.prank(querier);
        token.approve(address(queries), REWARD + FEE);
        _bonded();
    }

    function test_payments_thatTheTokenRefusesAreSetAside() public {
        for (uint256 i = 0; i < 2 * PAYMENTS; ++i) {
            uint256 state = vm.snapshotState();
            Payment payment = Payment(i / 2);
            (bytes32 query, address receiver, uint256 amount) = _before(payment);
            uint256 had = token.balanceOf(receiver);
            if (i % 2 == 0) token.refuse(receiver, true);
            else token.setManner(HostileToken.Manner.ReturnsFalse);
            vm.expectEmit(address(queries));
            emit IEscrow.SetAside(receiver, amount);
            _pay(payment, query);
            vm.assertEq(queries.setAside(receiver), amount, "set aside");
            vm.assertEq(token.balanceOf(receiver), had, "not paid");
            _assertState(query, _after(payment));

            token.setManner(HostileToken.Manner.Honest);
            vm.expectEmit(address(queries));
            emit IEscrow.Withdrawn(receiver, stranger, amount);
            vm.prank(receiver);
            queries.withdraw(stranger);
            vm.assertEq(token.balanceOf(stranger), amount, "withdrawn");
            _expectError(IEscrow.NothingToWithdraw.selector, abi.encode(receiver));
            vm.prank(receiver);
            queries.withdraw(stranger);
            vm.revertToState(state);
        }
    }

    function test_payments_areMadeByTokensThatAnswerNothing() public {
        for (uint256 i = 0; i < PAYMENTS; ++i) {
            uint256 state = vm.snapshotState();
            (bytes32 query, address receiver, uint256 amount) = _before(Payment(i));
            uint256 had = token.balanceOf(receiver);
            token.setManner(HostileToken.Manner.ReturnsNothing);
            _pay(Payment(i), query);
            vm.assertEq(token.balanceOf(receiver), had + amount, "paid");
            vm.assertEq(queries.setAside(receiver), 0, "nothing set aside");
            vm.revertToState(state);
        }
    }

    /// @dev A fee that the token takes from a payment is the receiver's loss and nobody else's.
    function test_payments_ofATokenThatTakesAFeeLaterOweNobody() public {
        for (uint256 i = 0; i < PAYMENTS; ++i) {
            uint256 state = vm.snapshotState();
            (bytes32 query, address receiver, uint256 amount) = _before(Payment(i));
            (uint256 had, uint256 held) = (token.balanceOf(receiver), token.balanceOf(address(queries)));
            token.setManner(HostileToken.Manner.TakesAFee);
            _pay(Payment(i), query);
            vm.assertEq(token.balanceOf(receiver), had + amount - 1, "paid but for the fee");
            vm.assertEq(token.balanceOf(address(queries)), held - amount, "escrow");
            vm.revertToState(state);
        }
    }

    /// @dev Each party is a contract, the collaborator one that can sign, and calls everything that moves money when paid.
    function test_payments_cannotBeEnteredAgain() public {
        for (uint256 i = 0; i < PAYMENTS; ++i) {
            uint256 state = vm.snapshotState();
            (bytes32 query, address receiver, uint256 amount) = _before(Payment(i));
            Wallet wallet = _embody(receiver, query);
            uint256 had = token.balanceOf(receiver);
            _pay(Payment(i), query);
            vm.assertEq(wallet.attempts(), 7, "all were tried");
            vm.assertEq(wallet.blocked(), 7, "all were blocked");
            vm.assertEq(token.balanceOf(receiver), had + amount, "paid once");
            _assertState(query, _after(Payment(i)));
            vm.revertToState(state);
        }
    }

    /// @dev A party that burns all gas when paid is paid later.
    function test_payments_toWhoBurnsTheGasAreSetAside() public {
        for (uint256 i = 0; i < PAYMENTS; ++i) {
            uint256 state = vm.snapshotState();
            (bytes32 query, address receiver, uint256 amount) = _before(Payment(i));
            _embody(receiver, query).setManner(Wallet.Manner.BurnsGas);
            this.pay{gas: 16_000_000}(Payment(i), query);
            vm.assertEq(queries.setAside(receiver), amount, "set aside");
            _assertState(query, _after(Payment(i)));
            vm.revertToState(state);
        }
    }

    function pay(Payment payment, bytes32 query) external {
        _pay(payment, query);
    }

    function _before(Payment payment) private returns (bytes32 query, address receiver, uint256 amount) {
        bool answered = payment == Payment.Confirm || payment == Payment.Settle;
        query = answered ? _answered() : _bonded();
        if (payment == Payment.Settle || payment == Payment.Expire) _pass(query);
        if (payment == Payment.Answer) return (query, service, FEE);
        if (answered) return (query, collaborator, REWARD);
        return (query, querier, REWARD + FEE);
    }

    function _pay(Payment payment, bytes32 query) private {
        if (payment == Payment.Answer) {
            vm.prank(service);
            queries.answer(query, RESULT);
        } else if (payment == Payment.Confirm) {
            vm.prank(querier);
            queries.confirm(query);
        } else if (payment == Payment.Settle) {
            queries.settle(query);
        } else if (payment == Payment.Decline) {
            vm.prank(collaborator);
            queries.decline(query);
        } else {
            queries.expire(query);
        }
    }

    function _after(Payment payment) private pure returns (ICollaboration.State) {
        if (payment == Payment.Answer) return ICollaboration.State.Answered;
        if (payment == Payment.Decline) return ICollaboration.State.Declined;
        return payment == Payment.Expire ? ICollaboration.State.Expired : ICollaboration.State.Settled;
    }

    function _embody(address account, bytes32 query) private returns (Wallet wallet) {
        vm.etch(account, address(new Wallet()).code);
        wallet = Wallet(account);
        token.call(account);
        ICollaboration.Terms memory t = _terms();
        t.query = RESULT;
        bytes memory agreement = _sign(KEY, _digest(t, account));
        wallet.plan(address(queries), abi.encodeCall(ICollaboration.bond, (t, agreement)));
        wallet.plan(address(queries), abi.encodeCall(ICollaboration.answer, (query, RESULT)));
        wallet.plan(address(queries), abi.encodeCall(ICollaboration.confirm, (query)));
        wallet.plan(address(queries), abi.encodeCall(ICollaboration.settle, (query)));
        wallet.plan(address(queries), abi.encodeCall(ICollaboration.decline, (query)));
        wallet.plan(address(queries), abi.encodeCall(ICollaboration.expire, (query)));
        wallet.plan(address(queries), abi.encodeCall(IEscrow.withdraw, (account)));
    }
}
