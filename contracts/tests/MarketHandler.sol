// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {DataTrades} from "../src/DataTrades.sol";
import {IDataTrades} from "../src/IDataTrades.sol";
import {HostileToken} from "./HostileToken.sol";
import {Market} from "./Market.sol";

/// @dev Drives a market with several parties for the invariant tests and keeps its own accounts of who must have what.
/// `advance` leads trades through their states, since random calls alone hardly ever get past a request; the other
/// steps disturb it: any call by anybody, refusals by the token, new terms, time.
contract MarketHandler is Market {
    uint256 private constant ROUTES = 8;
    uint256 private constant MAX_OPEN = 4;
    uint128 private constant MAX_PRICE = 1000;

    HostileToken public token;
    address[] public parties;
    /// @dev What each party must own: its balance plus what is set aside for it.
    mapping(address party => uint256) public due;
    /// @dev How each trade ended, None while it is open.
    mapping(uint256 tradeId => IDataTrades.Status) public ending;
    /// @dev How often each state was reached; setAsides likewise.
    uint256[7] public reached;
    uint256 public setAsides;
    uint256 public disagreements;

    uint16 private _share;
    mapping(uint256 tradeId => uint16) private _shareOf;
    mapping(uint256 tradeId => bool) private _noticed;

    constructor() {
        vm.warp(1_795_000_000);
        token = new HostileToken();
        _openMarket(token);
        _share = _terms().ownerShare;
        parties = [buyer, _actor("second buyer"), owner, provider, arbiter];
        for (uint256 i = 0; i < parties.length; ++i) {
            token.mint(parties[i], 1_000_000);
            due[parties[i]] = 1_000_000;
            vm.prank(parties[i]);
            token.approve(address(trades), type(uint256).max);
        }
    }

    function market() external view returns (DataTrades) {
        return trades;
    }

    function numberOfParties() external view returns (uint256) {
        return parties.length;
    }

    /// @dev Opens a trade, or takes one a step further on its route to one of the endings.
    /// @dev The seed is hashed because a fuzzer likes some numbers better than others.
    function advance(uint256 seed) external {
        seed = uint256(keccak256(abi.encode(seed, trades.tradeCount())));
        uint256 id = _openTrade(seed / 8);
        if (id == 0 || (seed % 8 == 0 && _numberOpen() < MAX_OPEN)) _request(seed / 8);
        else _step(id);
    }

    /// @dev Any call on any trade by anybody, most of them refused.
    function disturb(uint256 who, uint256 what, uint256 id, uint128 amount) external {
        id = _bound(id, 0, trades.tradeCount() + 1);
        _act(parties[who % parties.length], what, id, uint128(_bound(amount, 0, MAX_PRICE)));
    }

    /// @dev The token refuses a party, or takes it back; and somebody tries to withdraw.
    function refuse(uint256 who, uint256 withdrawer) external {
        address party = parties[who % parties.length];
        token.refuse(party, !token.refused(party));
        party = parties[withdrawer % parties.length];
        vm.prank(party);
        try trades.withdraw(party) returns (uint256) {} catch {}
    }

    function changeTerms(uint16 share) external {
        _share = uint16(_bound(share, 0, 10_000));
        vm.prank(provider);
        trades.commission(PACKAGE, _currentTerms());
    }

    function wait(uint256 time) external {
        vm.warp(block.timestamp + _bound(time, 1, 12 hours));
    }

    function _request(uint256 seed) private {
        address from = parties[seed % 2];
        uint128 price = uint128(_bound(seed / 2, 1, MAX_PRICE));
        vm.prank(from);
        uint256 id = trades.request(APPLICATION, owner, TAG, PERIOD, PUBLIC_KEY, price, _currentTerms());
        _shareOf[id] = _share;
        due[from] -= price;
        ++reached[uint256(IDataTrades.Status.Requested)];
    }

    function _step(uint256 id) private {
        IDataTrades.Trade memory t = trades.trade(id);
        uint256 route = id % ROUTES;
        if (t.status == IDataTrades.Status.Requested) {
            if (route == 0) return _act(owner, 2, id, 0);
            if (route == 1 && !_noticed[id]) {
                _noticed[id] = true;
                return _act(t.buyer, 2, id, 0);
            }
            if (route == 1 || block.timestamp > t.deadline) return _actAfter(t.deadline, 3, id);
            return _act(owner, 0, id, 0);
        }
        if (t.status == IDataTrades.Status.Answered) {
            if (route == 2) return _act(t.buyer, 1, id, 0);
            if (route == 3 || block.timestamp > t.deadline) return _actAfter(t.deadline, 4, id);
            return _act(t.buyer, 5, id, 0);
        }
        if (route < 6 && block.timestamp <= t.deadline) return _act(arbiter, 7, id, t.price / 2 + 1);
        if (route == 6) {
            _act(owner, 6, id, t.price / 3);
            return _act(t.buyer, 6, id, t.price / 3);
        }
        _actAfter(t.deadline, 8, id);
    }

    function _actAfter(uint64 deadline, uint256 what, uint256 id) private {
        if (block.timestamp <= deadline) vm.warp(deadline + 1);
        _act(stranger, what, id, 0);
    }

    function _act(address who, uint256 what, uint256 id, uint128 amount) private {
        IDataTrades.Trade memory before = trades.trade(id);
        uint256 aside = _allSetAside();
        (bytes memory data, uint128 toBuyer) = _call(who, what % 9, id, amount, before);
        vm.prank(who);
        (bool done,) = address(trades).call(data);
        if (!done) return;
        if (_allSetAside() > aside) ++setAsides;

        IDataTrades.Status status = trades.trade(id).status;
        if (status == before.status) return;
        ++reached[uint256(status)];
        if (ending[id] != IDataTrades.Status.None) ++disagreements;
        if (status >= IDataTrades.Status.Paid) _account(id, before, toBuyer, status);
    }

    function _call(address who, uint256 what, uint256 id, uint128 amount, IDataTrades.Trade memory t)
        private
        view
        returns (bytes memory data, uint128 toBuyer)
    {
        if (what == 0) return (abi.encodeCall(trades.respond, (id, _encryptedKey(), BLOB)), 0);
        if (what == 1) return (abi.encodeCall(trades.confirm, (id)), 0);
        if (what == 2) return (abi.encodeCall(trades.cancel, (id)), t.price);
        if (what == 3) return (abi.encodeCall(trades.refund, (id)), t.price);
        if (what == 4) return (abi.encodeCall(trades.settle, (id)), 0);
        if (what == 5) return (abi.encodeCall(trades.dispute, (id, who == t.buyer ? abi.encode(KEY) : bytes(""))), 0);
        if (what == 6) return (abi.encodeCall(trades.proposeSplit, (id, amount)), amount);
        if (what == 7) return (abi.encodeCall(trades.rule, (id, amount)), amount);
        return (abi.encodeCall(trades.expireDispute, (id)), t.price);
    }

    /// @dev What the rules say must be paid, reckoned from the terms of the request, not from the contract's answer.
    function _account(uint256 id, IDataTrades.Trade memory t, uint128 toBuyer, IDataTrades.Status status) private {
        ending[id] = status;
        uint256 rest = t.price - toBuyer;
        uint256 toOwner = rest * _shareOf[id] / 10_000;
        due[t.buyer] += toBuyer;
        due[owner] += toOwner;
        due[provider] += rest - toOwner;
    }

    /// @dev Mostly the oldest open trade, so that trades come to their end; 0 when none is open.
    function _openTrade(uint256 seed) private view returns (uint256 found) {
        uint256 skip = seed % 4 == 0 ? seed / 4 % MAX_OPEN : 0;
        for (uint256 id = 1; id <= trades.tradeCount(); ++id) {
            if (ending[id] != IDataTrades.Status.None) continue;
            found = id;
            if (skip == 0) return found;
            --skip;
        }
    }

    function _numberOpen() private view returns (uint256 open) {
        for (uint256 id = 1; id <= trades.tradeCount(); ++id) {
            if (ending[id] == IDataTrades.Status.None) ++open;
        }
    }

    function _allSetAside() private view returns (uint256 sum) {
        for (uint256 i = 0; i < parties.length; ++i) {
            sum += trades.setAside(parties[i]);
        }
    }

    function _currentTerms() private view returns (IDataTrades.Terms memory terms) {
        terms = _terms();
        terms.ownerShare = _share;
    }
}
