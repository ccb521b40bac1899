// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {DatasetMarket} from "../src/DatasetMarket.sol";
import {IDatasetMarket} from "../src/IDatasetMarket.sol";
import {MarketToken} from "../src/MarketToken.sol";
import {Datasets} from "./Datasets.sol";
import {HostileToken} from "./HostileToken.sol";
import {Wallet} from "./Wallet.sol";

/// @dev Drives a market of datasets with several parties for the invariant tests and keeps its own accounts of who must
/// have what. `advance` leads listings to their endings, since random calls alone hardly ever get past an offer; the
/// other steps disturb it: any call by anybody, refusals by the currency and by a wallet, rates, transfers, time.
contract DatasetHandler is Datasets {
    enum Ending {
        SoldAtAPrice,
        SoldInEuros,
        SoldByAuction,
        Unsold,
        Cancelled
    }

    /// @dev What must become of a listing. The highest bid stays in it after the end.
    struct Record {
        uint256 tokenId;
        address seller;
        uint256 route;
        uint128 price;
        address bidder;
        uint128 bid;
        uint256 bids;
        bytes32 hash; // of the market's own listing when it ended, zero before
    }

    uint256 private constant ROUTES = 8;
    uint256 private constant MAX_OPEN = 4;
    uint256 private constant MAX_TOKENS = 6;
    uint128 private constant MAX_PRICE = 1000;
    uint256 private constant BIDS = 3;

    HostileToken public money;
    Wallet public wallet;
    address[] public parties;
    uint256[] public tokens;
    /// @dev What each party must own: its balance plus what is set aside for it.
    mapping(address party => uint256) public due;
    /// @dev Who must have a token, or for whom the market must keep it; none while it is offered.
    mapping(uint256 tokenId => address) public owner;
    mapping(uint256 tokenId => bool) public kept;
    mapping(uint256 listingId => Record) private _records;
    uint128 private _rate;

    /// @dev How often each came about.
    uint256[5] public endings;
    uint256 public keeps;
    uint256 public collections;
    uint256 public refusals;
    uint256 public raisesFromSetAside;
    /// @dev What the market let happen against the rules.
    uint256 public disagreements;

    constructor() {
        vm.warp(1_795_000_000);
        token = new MarketToken(address(this));
        money = new HostileToken();
        _openMarket(money);
        wallet = new Wallet();
        parties = [publisher, buyer, rival, address(wallet)];
        for (uint256 i = 0; i < parties.length; ++i) {
            money.mint(parties[i], 10_000_000);
            due[parties[i]] = 10_000_000;
            vm.prank(parties[i]);
            money.approve(address(market), type(uint256).max);
        }
        setRate(1 ether);
    }

    function theMarket() external view returns (DatasetMarket) {
        return market;
    }

    function theToken() external view returns (MarketToken) {
        return token;
    }

    function numberOfParties() external view returns (uint256) {
        return parties.length;
    }

    function numberOfTokens() external view returns (uint256) {
        return tokens.length;
    }

    function record(uint256 listingId) external view returns (Record memory) {
        return _records[listingId];
    }

    /// @dev Offers a token, or takes a listing a step further on its route to one of the endings. The seed is hashed because
    /// a fuzzer likes some numbers better than others.
    function advance(uint256 seed) external {
        seed = uint256(keccak256(abi.encode(seed, market.listingCount(), block.timestamp)));
        uint256 id = _openListing(seed / 8);
        if (id == 0 || (seed % 8 == 0 && _numberOpen() < MAX_OPEN)) _list(seed / 8);
        else _step(id, seed / 8);
    }

    /// @dev Any call on any listing or token by anybody, most of them refused.
    function disturb(uint256 who, uint256 what, uint256 id, uint128 amount) external {
        id = _bound(id, 0, market.listingCount() + 1);
        address party = parties[who % parties.length];
        uint256 tokenId = tokens.length == 0 ? 0 : tokens[id % tokens.length];
        what %= 6;
        if (what == 0) _buyAt(party, id, amount % MAX_PRICE);
        else if (what == 1) _placeBid(party, id, amount % (2 * MAX_PRICE));
        else if (what == 2) _settle(party, id);
        else if (what == 3) _cancel(party, id);
        else if (what == 4) _collect(party, tokenId);
        else _ask(party, tokenId);
    }

    /// @dev The currency refuses a party or takes it back; the wallet changes its manner; and somebody tries to withdraw.
    function refuse(uint256 who, uint256 manner, uint256 withdrawer) external {
        address party = parties[who % parties.length];
        money.refuse(party, !money.refused(party));
        wallet.setManner(Wallet.Manner(manner % 4));
        party = parties[withdrawer % parties.length];
        vm.prank(party);
        try market.withdraw(party) returns (uint256) {} catch {}
    }

    function setRate(uint128 rate) public {
        _rate = uint128(_bound(rate, 0, 3 ether));
        _setRate(_rate);
    }

    /// @dev An owner gives its token away; whether it may is the token's matter.
    function transfer(uint256 which, uint256 from, uint256 to) external {
        if (tokens.length == 0) return;
        uint256 tokenId = tokens[which % tokens.length];
        address receiver = parties[to % parties.length];
        vm.prank(parties[from % parties.length]);
        try token.safeTransferFrom(parties[from % parties.length], receiver, tokenId, 1, "") {
            if (owner[tokenId] != parties[from % parties.length] || kept[tokenId]) ++disagreements;
            owner[tokenId] = receiver;
        } catch {}
    }

    function wait(uint256 time) external {
        vm.warp(block.timestamp + _bound(time, 1, 12 hours));
    }

    function _list(uint256 seed) private {
        uint256 route = market.listingCount() % ROUTES;
        if (route % 4 == 3 || collections == 0) _collectOne();
        uint256 tokenId = _freeToken(seed, route == 7 ? address(wallet) : address(0));
        if (tokenId == 0) return;
        IDatasetMarket.Offer memory offer = route == 1 ? _saleInEuros() : route < 3 ? _sale() : _auction();
        offer.price = uint128(_bound(seed, 1, MAX_PRICE));
        address seller = owner[tokenId];
        uint256 id = _offer(tokenId, offer);
        _records[id] = Record(tokenId, seller, route, offer.price, address(0), 0, 0, 0);
        delete owner[tokenId];
    }

    /// @dev A token that nobody offers, of `wanted` if there is a choice; a new one is made while there are few.
    function _freeToken(uint256 seed, address wanted) private returns (uint256 found) {
        for (uint256 i = 0; i < tokens.length; ++i) {
            uint256 tokenId = tokens[(seed % tokens.length + i) % tokens.length];
            if (owner[tokenId] == address(0) || kept[tokenId]) continue;
            if (wanted == address(0) || owner[tokenId] == wanted) return tokenId;
            found = tokenId;
        }
        if (found == 0 && tokens.length < MAX_TOKENS) {
            found = _published();
            tokens.push(found);
            owner[found] = publisher;
        }
        if (wanted != address(0) && found != 0) {
            wallet.setManner(Wallet.Manner.Accepts);
            vm.prank(owner[found]);
            token.safeTransferFrom(owner[found], wanted, found, 1, "");
            owner[found] = wanted;
        }
    }

    function _step(uint256 id, uint256 seed) private {
        Record memory r = _records[id];
        uint256 route = r.route;
        address who = parties[seed % parties.length];
        if (route == 1) setRate(uint128(_bound(seed, 1, 3 ether)));
        if (route < 2) {
            _buyAt(who, id, market.priceOf(id) - 1); // refused
            return _buyAt(who, id, type(uint256).max);
        }
        if (route == 2 || route == 4) return _cancel(r.seller, id);
        if (r.bid != 0) _cancel(r.seller, id); // refused
        if (route != 3 && route != 7 && r.bids < BIDS && block.timestamp <= market.listing(id).endsAt) {
            if (route == 6 && r.bids == BIDS - 1) who = address(wallet);
            if (who == r.seller) who = parties[(seed + 1) % parties.length];
            for (uint256 i = 0; i < parties.length && raisesFromSetAside == 0; ++i) {
                if (parties[i] != r.seller && market.setAside(parties[i]) != 0) who = parties[i];
            }
            return _placeBid(who, id, uint128(market.minimumBid(id) + seed % 9));
        }
        if (route > 5) wallet.setManner(Wallet.Manner(1 + seed % 3));
        if (block.timestamp <= market.listing(id).endsAt) _end(id);
        money.refuse(r.seller, route == 5 || refusals == 0);
        _settle(stranger, id);
        money.refuse(r.seller, false);
    }

    function _collectOne() private {
        for (uint256 i = 0; i < tokens.length; ++i) {
            if (!kept[tokens[i]]) continue;
            wallet.setManner(Wallet.Manner.Accepts);
            return _collect(owner[tokens[i]], tokens[i]);
        }
    }

    function _buyAt(address who, uint256 id, uint256 maxPrice) private {
        vm.prank(who);
        try market.buy(id, _records[id].tokenId, maxPrice) {
            Record storage r = _records[id];
            uint256 price = r.route == 1 ? (uint256(r.price) * _rate + 1 ether - 1) / 1 ether : r.price;
            if (price > maxPrice) ++disagreements;
            due[who] -= price;
            due[r.seller] += price;
            owner[r.tokenId] = who;
            _ended(id, r.route == 1 ? Ending.SoldInEuros : Ending.SoldAtAPrice);
        } catch {}
    }

    function _placeBid(address who, uint256 id, uint128 amount) private {
        uint256 aside = market.setAside(who);
        vm.prank(who);
        try market.bid(id, _records[id].tokenId, amount) {
            Record storage r = _records[id];
            if (amount <= r.bid) ++disagreements;
            due[r.bidder] += r.bid;
            due[who] -= amount;
            if (market.setAside(who) < aside) ++raisesFromSetAside;
            (r.bidder, r.bid, r.bids) = (who, amount, r.bids + 1);
        } catch {}
    }

    function _settle(address who, uint256 id) private {
        Record storage r = _records[id];
        uint256 aside = market.setAside(r.seller);
        vm.prank(who);
        try market.settle{gas: 1_000_000}(id) {
            due[r.seller] += r.bid;
            if (market.setAside(r.seller) > aside) ++refusals;
            _given(r.tokenId, r.bid == 0 ? r.seller : r.bidder);
            _ended(id, r.bid == 0 ? Ending.Unsold : Ending.SoldByAuction);
        } catch {}
    }

    function _cancel(address who, uint256 id) private {
        vm.prank(who);
        try market.cancel{gas: 1_000_000}(id) {
            Record storage r = _records[id];
            if (r.bid != 0 || who != r.seller) ++disagreements;
            _given(r.tokenId, who);
            _ended(id, Ending.Cancelled);
        } catch {}
    }

    function _collect(address who, uint256 tokenId) private {
        vm.prank(who);
        try market.collect(tokenId, who) {
            if (!kept[tokenId] || owner[tokenId] != who) ++disagreements;
            kept[tokenId] = false;
            ++collections;
        } catch {}
    }

    function _ask(address who, uint256 tokenId) private {
        vm.prank(who);
        try market.requestData(tokenId, PUBLIC_KEY) returns (uint256) {
            if (owner[tokenId] != who || kept[tokenId]) ++disagreements;
        } catch {}
    }

    /// @dev The wallet, unless it accepts tokens, must find it kept.
    function _given(uint256 tokenId, address to) private {
        owner[tokenId] = to;
        kept[tokenId] = to == address(wallet) && wallet.manner() != Wallet.Manner.Accepts;
        if (kept[tokenId]) ++keeps;
    }

    function _ended(uint256 id, Ending how) private {
        if (_records[id].hash != 0) ++disagreements;
        _records[id].hash = keccak256(abi.encode(market.listing(id)));
        ++endings[uint256(how)];
    }

    /// @dev Mostly the oldest open listing, so that they come to their end; 0 when none is open.
    function _openListing(uint256 seed) private view returns (uint256 found) {
        uint256 skip = seed % 4 == 0 ? seed / 4 % MAX_OPEN : 0;
        for (uint256 id = 1; id <= market.listingCount(); ++id) {
            if (_records[id].hash != 0) continue;
            found = id;
            if (skip == 0) return found;
            --skip;
        }
    }

    function _numberOpen() private view returns (uint256 open) {
        for (uint256 id = 1; id <= market.listingCount(); ++id) {
            if (_records[id].hash == 0) ++open;
        }
    }
}
