// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {DatasetMarket} from "../src/DatasetMarket.sol";
import {IDatasetMarket} from "../src/IDatasetMarket.sol";
import {MarketToken} from "../src/MarketToken.sol";
import {Datasets} from "./Datasets.sol";
import {IERC1155Errors} from "@openzeppelin/contracts/interfaces/draft-IERC6093.sol";

/// @dev A token is offered by sending it here: what the market takes in, and for whom.
contract DatasetMarketOfferTest is Datasets {
    function test_transfer_offersTheTokenForItsOwner() public {
        uint256 id = _published();
        vm.prank(publisher);
        token.safeTransferFrom(publisher, buyer, id, 1, "");
        uint64 endsAt = uint64(block.timestamp) + 1 days;
        vm.expectEmit(address(market));
        emit IDatasetMarket.Listed(1, id, buyer, _auction(), endsAt);
        vm.assertEq(_offer(id, _auction()), 1);
        vm.assertEq(market.listing(1).seller, buyer);
        _assertStatus(1, IDatasetMarket.Status.Auction);
        _assertOwner(id, address(market));
        vm.assertEq(_offered(_sale()), 2);
        vm.assertEq(market.listing(2).seller, publisher);
    }

    function test_transfer_byAnOperatorOffersForTheOwner() public {
        uint256 id = _published();
        vm.prank(publisher);
        token.setApprovalForAll(stranger, true);
        vm.prank(stranger);
        token.safeTransferFrom(publisher, address(market), id, 1, abi.encode(_sale()));
        vm.assertEq(market.listing(1).seller, publisher);
        _notAllowed(stranger);
        market.cancel(1);
        vm.prank(buyer);
        market.buy(1, id, PRICE);
        vm.assertEq(token.balanceOf(publisher), PRICE);
    }

    function test_transfer_keepsTheTokenInEscrow() public {
        uint256 id = _tokenOf(_offered(_auction()));
        _expectError(IERC1155Errors.ERC1155InsufficientBalance.selector, abi.encode(publisher, 0, 1, id));
        vm.prank(publisher);
        token.safeTransferFrom(publisher, address(market), id, 1, abi.encode(_sale()));
    }

    function test_transfer_refusesCredit() public {
        _expectError(IDatasetMarket.UnknownDataset.selector, abi.encode(0));
        vm.prank(buyer);
        token.safeTransferFrom(buyer, address(market), 0, 1, abi.encode(_sale()));
        _expectError(IDatasetMarket.UnsupportedTransfer.selector);
        vm.prank(buyer);
        token.safeTransferFrom(buyer, address(market), 0, 2, abi.encode(_sale()));
    }

    function test_transfer_refusesNoneOfAnothersToken() public {
        uint256 id = _published();
        _expectError(IDatasetMarket.UnsupportedTransfer.selector);
        vm.prank(stranger);
        token.safeTransferFrom(stranger, address(market), id, 0, abi.encode(_sale()));
    }

    function test_transfer_refusesTokensThatAreNotOfThisMarket() public {
        vm.prank(stranger);
        uint256 foreign = token.mintUnique(stranger, 0, METADATA);
        _expectError(IDatasetMarket.UnknownDataset.selector, abi.encode(foreign));
        vm.prank(stranger);
        token.safeTransferFrom(stranger, address(market), foreign, 1, abi.encode(_sale()));

        DatasetMarket other = new DatasetMarket(token, currency);
        vm.prank(stranger);
        foreign = other.publish(CID, METADATA);
        _expectError(IDatasetMarket.UnknownDataset.selector, abi.encode(foreign));
        vm.prank(stranger);
        token.safeTransferFrom(stranger, address(market), foreign, 1, abi.encode(_sale()));
    }

    function test_transfer_refusesOtherTokenContracts() public {
        MarketToken counterfeit = new MarketToken(address(this));
        uint256 id = counterfeit.mintUnique(stranger, 0, METADATA);
        _expectError(IDatasetMarket.UnsupportedTransfer.selector);
        vm.prank(stranger);
        counterfeit.safeTransferFrom(stranger, address(market), id, 1, abi.encode(_sale()));
    }

    function test_onERC1155Received_refusesWhoOnlyClaimsATransfer() public {
        uint256 id = _published();
        _expectError(IDatasetMarket.UnsupportedTransfer.selector);
        vm.prank(stranger);
        market.onERC1155Received(stranger, stranger, id, 1, abi.encode(_sale()));
        _expectError(IDatasetMarket.UnsupportedTransfer.selector);
        vm.prank(stranger);
        market.onERC1155Received(address(market), stranger, id, 1, "");
    }

    function test_mintUnique_cannotMakeTokensOfStrangersForTheMarket() public {
        uint256 id = uint256(keccak256(abi.encode(stranger, bytes32(0))));
        _expectError(IDatasetMarket.UnknownDataset.selector, abi.encode(id));
        vm.prank(stranger);
        token.mintUnique(address(market), 0, METADATA);
    }

    function test_batchTransfer_isRefused() public {
        uint256[] memory ids = new uint256[](1);
        uint256[] memory amounts = new uint256[](1);
        (ids[0], amounts[0]) = (_published(), 1);
        _expectError(IDatasetMarket.UnsupportedTransfer.selector);
        vm.prank(publisher);
        token.safeBatchTransferFrom(publisher, address(market), ids, amounts, abi.encode(_sale()));
        (ids[0], amounts[0]) = (0, 5);
        _expectError(IDatasetMarket.UnsupportedTransfer.selector);
        vm.prank(buyer);
        token.safeBatchTransferFrom(buyer, address(market), ids, amounts, "");
        _expectError(IDatasetMarket.UnsupportedTransfer.selector);
        token.safeBatchTransferFrom(address(this), address(market), new uint256[](0), new uint256[](0), "");
    }

    function test_transfer_refusesMalformedOffers() public {
        uint256 id = _published();
        bytes memory offer = abi.encode(_sale());
        _malformed(id, "");
        bytes memory cut = new bytes(offer.length - 1);
        for (uint256 i = 0; i < cut.length; ++i) {
            cut[i] = offer[i];
        }
        _malformed(id, cut);
        for (uint256 field = 0; field < 7; ++field) {
            if (field == 2) continue; // the unit fills its word
            bytes memory dirty = abi.encode(_auction());
            dirty[32 * field] = 0x01; // above what the field can hold
            _malformed(id, dirty);
        }
        _assertOwner(id, publisher);
        vm.assertEq(market.listingCount(), 0);
    }

    /// @dev What cannot be decoded reverts without a reason, which ERC-1155 reports as a receiver that takes no tokens.
    function _malformed(uint256 id, bytes memory data) private {
        _expectError(IERC1155Errors.ERC1155InvalidReceiver.selector, abi.encode(market));
        vm.prank(publisher);
        token.safeTransferFrom(publisher, address(market), id, 1, data);
    }
}
