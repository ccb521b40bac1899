// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {DataTrades} from "../src/DataTrades.sol";
import {IDataTrades} from "../src/IDataTrades.sol";
import {HostileToken} from "./HostileToken.sol";
import {MarketHandler} from "./MarketHandler.sol";
import {Test} from "./Test.sol";

/// @dev What holds after every step of a market in which anybody may do anything.
contract DataTradesInvariantTest is Test {
    struct FuzzSelector {
        address addr;
        bytes4[] selectors;
    }

    MarketHandler private handler;
    DataTrades private trades;
    HostileToken private token;

    function setUp() public {
        handler = new MarketHandler();
        trades = handler.market();
        token = handler.token();
    }

    function targetContracts() external view returns (address[] memory targets) {
        targets = new address[](1);
        targets[0] = address(handler);
    }

    /// @dev Half of the steps lead trades on.
    function targetSelectors() external view returns (FuzzSelector[] memory targets) {
        targets = new FuzzSelector[](1);
        bytes4[] memory selectors = new bytes4[](9);
        for (uint256 i = 0; i < 5; ++i) {
            selectors[i] = handler.advance.selector;
        }
        selectors[5] = handler.disturb.selector;
        selectors[6] = handler.refuse.selector;
        selectors[7] = handler.changeTerms.selector;
        selectors[8] = handler.wait.selector;
        targets[0] = FuzzSelector(address(handler), selectors);
    }

    /// @dev The escrow holds the open prices and what is set aside, to the unit; every party has exactly what the rules
    /// gave it, so nobody is paid twice and nobody is forgotten; and no unit appears or vanishes.
    function invariant_everyUnit_isWhereItBelongs() public view {
        uint256 escrow = token.balanceOf(address(trades));
        uint256 sum = escrow;
        uint256 aside;
        for (uint256 i = 0; i < handler.numberOfParties(); ++i) {
            address party = handler.parties(i);
            (uint256 held, uint256 kept) = (token.balanceOf(party), trades.setAside(party));
            vm.assertEq(held + kept, handler.due(party), "a party's due");
            sum += held;
            aside += kept;
        }
        vm.assertEq(escrow, _openPrices() + aside, "escrow");
        vm.assertEq(sum, token.totalSupply(), "total");
    }

    /// @dev An ended trade never changes again.
    function invariant_endedTrades_stayAsTheyEnded() public view {
        vm.assertEq(handler.disagreements(), 0, "a trade ended twice");
        for (uint256 id = 1; id <= trades.tradeCount(); ++id) {
            IDataTrades.Status status = trades.trade(id).status;
            IDataTrades.Status ended = handler.ending(id);
            if (ended != IDataTrades.Status.None) {
                vm.assertEq(uint256(status), uint256(ended), "ended trade changed");
            } else {
                vm.assertTrue(status < IDataTrades.Status.Paid, "trade ended unseen");
            }
        }
    }

    /// @dev From wherever the market is, time alone lets a stranger end every trade, even while the token refuses
    /// everybody; and once the token relents, withdrawals empty the escrow.
    function invariant_everyLock_canEnd() public {
        uint256 state = vm.snapshotState();
        for (uint256 i = 0; i < handler.numberOfParties(); ++i) {
            token.refuse(handler.parties(i), true);
        }
        for (uint256 id = 1; id <= trades.tradeCount(); ++id) {
            IDataTrades.Trade memory t = trades.trade(id);
            if (t.status >= IDataTrades.Status.Paid) continue;
            if (block.timestamp <= t.deadline) vm.warp(t.deadline + 1);
            if (t.status == IDataTrades.Status.Requested) trades.refund(id);
            else if (t.status == IDataTrades.Status.Answered) trades.settle(id);
            else trades.expireDispute(id);
        }
        vm.assertEq(_openPrices(), 0, "a price stayed locked");
        for (uint256 i = 0; i < handler.numberOfParties(); ++i) {
            address party = handler.parties(i);
            token.refuse(party, false);
            if (trades.setAside(party) == 0) continue;
            vm.prank(party);
            trades.withdraw(party);
        }
        vm.assertEq(token.balanceOf(address(trades)), 0, "escrow after every end");
        vm.assertTrue(vm.revertToState(state), "state restored");
    }

    /// @dev A run that did not reach every state would have proved nothing about it.
    function afterInvariant() public view {
        for (
            uint256 status = uint256(IDataTrades.Status.Requested);
            status <= uint256(type(IDataTrades.Status).max);
            ++status
        ) {
            vm.assertTrue(handler.reached(status) > 0, "a state was never reached");
        }
        vm.assertTrue(handler.setAsides() > 0, "nothing was ever set aside");
    }

    function _openPrices() private view returns (uint256 sum) {
        for (uint256 id = 1; id <= trades.tradeCount(); ++id) {
            IDataTrades.Trade memory t = trades.trade(id);
            if (t.status < IDataTrades.Status.Paid) sum += t.price;
        }
    }
}
