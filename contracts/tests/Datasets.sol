// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {DatasetMarket} from "../src/DatasetMarket.sol";
import {IDatasetMarket} from "../src/IDatasetMarket.sol";
import {MarketToken} from "../src/MarketToken.sol";
import {Test} from "./Test.sol";
import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";

/// @dev A market of datasets with one publisher and funded buyers, and short ways to bring a dataset into each state.
abstract contract Datasets is Test {
    bytes internal constant CID = "bafybeigdyrzt5sfp7udm7hu76uh7y26nf3efuylqabf3oclgtqy55fbzdi";
    bytes32 internal constant METADATA = keccak256("a dataset's metadata");
    bytes32 internal constant EUR = "EUR";
    uint128 internal constant PRICE = 10 ether + 1;
    uint128 internal constant RESERVE = 1000;
    /// @dev Above 1 % of the reserve and below 1 % of twice the reserve, so that each of the two steps counts once.
    uint128 internal constant STEP = 15;
    uint256 internal constant FUNDS = 1000 ether;
    /// @dev The generator of P-256 (SEC 2, 2.4.2): a valid point that everybody knows.
    bytes internal constant PUBLIC_KEY = hex"046b17d1f2e12c4247f8bce6e563a440f277037d812deb33a0f4a13945d898c296"
        hex"4fe342e2fe1a7f9b8ee7eb4a7c0f9e162bce33576b315ececbb6406837bf51f5";

    address internal publisher = _actor("publisher");
    address internal buyer = _actor("buyer");
    address internal rival = _actor("rival");
    address internal oracle = _actor("oracle");
    address internal stranger = _actor("stranger");

    MarketToken internal token;
    IERC20 internal currency;
    DatasetMarket internal market;
    uint256 private _datasets;
    mapping(uint256 listingId => uint256 tokenId) private _offeredTokens;

    function setUp() public virtual {
        vm.warp(1_795_000_000);
        token = new MarketToken(address(this));
        _openMarket(token);
        _fund(buyer);
        _fund(rival);
    }

    function _openMarket(IERC20 currency_) internal {
        currency = currency_;
        market = new DatasetMarket(token, currency);
    }

    function _fund(address who) internal virtual {
        token.mint(who, FUNDS);
        vm.prank(who);
        currency.approve(address(market), type(uint256).max);
    }

    function _sale() internal pure returns (IDatasetMarket.Offer memory offer) {
        offer.price = PRICE;
    }

    /// @dev 2.5 euros, by the oracle's rate of the last hour.
    function _saleInEuros() internal view returns (IDatasetMarket.Offer memory offer) {
        (offer.price, offer.unit, offer.rateOf, offer.maxRateAge) = (2.5 ether, EUR, oracle, 1 hours);
    }

    function _auction() internal pure returns (IDatasetMarket.Offer memory offer) {
        (offer.price, offer.step, offer.duration, offer.extension) = (RESERVE, STEP, 1 days, 10 minutes);
    }

    /// @dev A dataset of the publisher that is not offered.
    function _published() internal returns (uint256 tokenId) {
        bytes32 metadata = keccak256(abi.encode(METADATA, ++_datasets));
        vm.prank(publisher);
        return market.publish(CID, metadata);
    }

    /// @dev Sends a dataset's token to the market in its owner's name.
    function _offer(uint256 tokenId, IDatasetMarket.Offer memory offer) internal returns (uint256 listingId) {
        address owner = token.ownerOf(tokenId);
        vm.prank(owner);
        token.safeTransferFrom(owner, address(market), tokenId, 1, abi.encode(offer));
        listingId = market.listingCount();
        _offeredTokens[listingId] = tokenId;
    }

    /// @dev A new dataset of the publisher, offered.
    function _offered(IDatasetMarket.Offer memory offer) internal returns (uint256 listingId) {
        return _offer(_published(), offer);
    }

    function _buy(address who, uint256 listingId) internal {
        vm.prank(who);
        market.buy(listingId, _tokenOf(listingId), type(uint256).max);
    }

    function _bid(address who, uint256 listingId, uint128 amount) internal {
        vm.prank(who);
        market.bid(listingId, _tokenOf(listingId), amount);
    }

    /// @dev A new dataset in an auction that is over, with one bid.
    function _won(address winner) internal returns (uint256 listingId) {
        listingId = _offered(_auction());
        _bid(winner, listingId, RESERVE);
        _end(listingId);
    }

    /// @dev The first second after an auction.
    function _end(uint256 listingId) internal {
        vm.warp(market.listing(listingId).endsAt + 1);
    }

    function _setRate(uint128 rate) internal {
        vm.prank(oracle);
        market.setRate(EUR, rate);
    }

    /// @dev Without a call for what this fixture offered, so that it can stand between a prank and its call.
    function _tokenOf(uint256 listingId) internal view returns (uint256 tokenId) {
        tokenId = _offeredTokens[listingId];
        if (tokenId == 0) tokenId = market.listing(listingId).tokenId;
    }

    function _assertStatus(uint256 listingId, IDatasetMarket.Status expected) internal view {
        vm.assertEq(uint256(market.listing(listingId).status), uint256(expected), "status");
    }

    function _assertOwner(uint256 tokenId, address owner) internal view {
        vm.assertEq(token.ownerOf(tokenId), owner);
        vm.assertEq(token.balanceOf(owner, tokenId), 1);
    }

    function _wrongStatus(uint256 listingId, IDatasetMarket.Status status) internal {
        _expectError(IDatasetMarket.WrongStatus.selector, abi.encode(listingId, status));
    }

    function _notAllowed(address caller) internal {
        _expectError(IDatasetMarket.NotAllowed.selector, abi.encode(caller));
        vm.prank(caller);
    }
}
