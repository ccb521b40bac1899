// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {DataTrades} from "../src/DataTrades.sol";
import {IDataTrades} from "../src/IDataTrades.sol";
import {MarketToken} from "../src/MarketToken.sol";
import {Test} from "./Test.sol";
import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";

/// @dev A market with one application and one seal, and short ways to bring a trade into each state.
abstract contract Market is Test {
    bytes internal constant PACKAGE = "bafybeigdyrzt5sfp7udm7hu76uh7y26nf3efuylqabf3oclgtqy55fbzdi";
    bytes internal constant BLOB = "bafkreigh2akiscaildcqabsyg3dfr6chu3fgpregiymsck7e7aqa4s52zy";
    bytes32 internal constant APPLICATION = keccak256(PACKAGE);
    bytes32 internal constant TAG = keccak256("sent mail");
    uint64 internal constant PERIOD = 7;
    bytes32 internal constant KEY = keccak256("a period's key");
    bytes32 internal constant CONTENT_HASH = keccak256("a sealed blob, by its hash");
    uint128 internal constant PRICE = 10 ether + 1;
    /// @dev The generator of P-256 (SEC 2, 2.4.2): a valid point that everybody knows.
    bytes internal constant PUBLIC_KEY = hex"046b17d1f2e12c4247f8bce6e563a440f277037d812deb33a0f4a13945d898c296"
        hex"4fe342e2fe1a7f9b8ee7eb4a7c0f9e162bce33576b315ececbb6406837bf51f5";

    address internal provider = _actor("provider");
    address internal owner = _actor("owner");
    address internal buyer = _actor("buyer");
    address internal arbiter = _actor("arbiter");
    address internal stranger = _actor("stranger");

    MarketToken internal credit;
    DataTrades internal trades;
    bytes32 internal sealId;

    function setUp() public virtual {
        vm.warp(1_795_000_000);
        credit = new MarketToken(address(this));
        _openMarket(credit);
        credit.mint(buyer, 1000 ether);
        vm.prank(buyer);
        credit.approve(address(trades), type(uint256).max);
    }

    function _openMarket(IERC20 token) internal {
        trades = new DataTrades(token);
        vm.prank(provider);
        trades.commission(PACKAGE, _terms());
        sealId = _seal(PERIOD);
    }

    /// @dev Another share than one half, so that swapped shares are noticed.
    function _terms() internal view returns (IDataTrades.Terms memory) {
        return IDataTrades.Terms({
            ownerShare: 7000,
            answerWindow: 2 days,
            cancelNotice: 1 hours,
            confirmWindow: 3 days,
            disputeWindow: 5 days,
            arbiter: arbiter
        });
    }

    function _seal(uint64 period) internal returns (bytes32) {
        bytes32 id = keccak256(abi.encode(APPLICATION, owner, TAG, period));
        vm.prank(owner);
        return trades.recordSeal(APPLICATION, TAG, period, keccak256(abi.encode(id, KEY)), CONTENT_HASH, BLOB);
    }

    function _encryptedKey() internal pure returns (bytes memory) {
        return bytes.concat(PUBLIC_KEY, KEY, bytes16(0));
    }

    function _requested(uint128 price) internal returns (uint256) {
        vm.prank(buyer);
        return trades.request(APPLICATION, owner, TAG, PERIOD, PUBLIC_KEY, price, _terms());
    }

    function _requested() internal returns (uint256) {
        return _requested(PRICE);
    }

    function _answered(uint128 price) internal returns (uint256 id) {
        id = _requested(price);
        vm.prank(owner);
        trades.respond(id, _encryptedKey(), BLOB);
    }

    function _answered() internal returns (uint256) {
        return _answered(PRICE);
    }

    function _disputed(uint128 price) internal returns (uint256 id) {
        id = _answered(price);
        vm.prank(buyer);
        trades.dispute(id, abi.encode(KEY));
    }

    function _disputed() internal returns (uint256) {
        return _disputed(PRICE);
    }

    function _assertStatus(uint256 id, IDataTrades.Status expected) internal view {
        vm.assertEq(uint256(trades.trade(id).status), uint256(expected), "status");
    }

    function _wrongStatus(uint256 id, IDataTrades.Status status) internal {
        _expectError(IDataTrades.WrongStatus.selector, abi.encode(id, status));
    }

    function _notAllowed(uint256 id, address caller) internal {
        _expectError(IDataTrades.NotAllowed.selector, abi.encode(id, caller));
        vm.prank(caller);
    }
}
