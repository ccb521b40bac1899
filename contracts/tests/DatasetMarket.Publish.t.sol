// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {DatasetMarket} from "../src/DatasetMarket.sol";
import {IDatasetMarket} from "../src/IDatasetMarket.sol";
import {IEscrow} from "../src/IEscrow.sol";
import {IUniqueToken} from "../src/IUniqueToken.sol";
import {Datasets} from "./Datasets.sol";
import {Wallet} from "./Wallet.sol";
import {IERC1155Errors} from "@openzeppelin/contracts/interfaces/draft-IERC6093.sol";
import {IERC1155} from "@openzeppelin/contracts/token/ERC1155/IERC1155.sol";
import {IERC1155Receiver} from "@openzeppelin/contracts/token/ERC1155/IERC1155Receiver.sol";
import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import {IERC165} from "@openzeppelin/contracts/utils/introspection/IERC165.sol";

/// @dev How a dataset becomes a token, and which offers are taken.
contract DatasetMarketPublishTest is Datasets {
    function test_constructor_refusesTokensWithoutCode() public {
        _expectError(IEscrow.UnsupportedToken.selector);
        new DatasetMarket(IUniqueToken(stranger), currency);
        _expectError(IEscrow.UnsupportedToken.selector);
        new DatasetMarket(token, IERC20(stranger));
    }

    function test_token_andCurrencyAreThoseOfTheConstructor() public {
        IERC20 other = IERC20(address(new Wallet()));
        market = new DatasetMarket(token, other);
        vm.assertEq(market.token(), address(token));
        vm.assertEq(market.currency(), address(other));
    }

    function test_supportsInterface_knowsItsStandards() public view {
        vm.assertTrue(market.supportsInterface(type(IERC165).interfaceId), "ERC-165");
        vm.assertTrue(market.supportsInterface(type(IERC1155Receiver).interfaceId), "ERC-1155 receiver");
        vm.assertTrue(market.supportsInterface(type(IDatasetMarket).interfaceId), "market of datasets");
        vm.assertTrue(!market.supportsInterface(0xffffffff), "ERC-165 forbids 0xffffffff");
    }

    function test_publish_makesATokenForTheCaller() public {
        uint256 id = _id(publisher, CID, METADATA);
        vm.expectEmit(address(token));
        emit IERC1155.TransferSingle(address(market), address(0), publisher, id, 1);
        vm.expectEmit(address(market));
        emit IDatasetMarket.Published(id, publisher, METADATA, CID);
        vm.prank(publisher);
        vm.assertEq(market.publish(CID, METADATA), id);
        _assertOwner(id, publisher);
        vm.assertEq(token.uri(id), _uriOf(METADATA));
        vm.assertEq(market.publisherOf(id), publisher);
        vm.assertEq(market.listingCount(), 0);
    }

    function test_publish_recognisesADatasetThatItHas() public {
        vm.prank(publisher);
        uint256 id = market.publish(CID, METADATA);
        _expectError(IUniqueToken.AlreadyMinted.selector, abi.encode(id));
        vm.prank(publisher);
        market.publish(CID, METADATA);
        _expectError(IUniqueToken.AlreadyMinted.selector, abi.encode(id));
        vm.prank(publisher);
        market.publishAndList(CID, METADATA, _sale());
    }

    function test_publish_takesWhatDiffersInPublisherCidOrMetadata() public {
        vm.prank(publisher);
        uint256 first = market.publish(CID, METADATA);
        vm.prank(rival);
        uint256 byRival = market.publish(CID, METADATA);
        vm.prank(publisher);
        market.publish("another-cid", METADATA);
        vm.prank(publisher);
        market.publish(CID, keccak256("other metadata"));
        vm.assertEq(market.publisherOf(first), publisher);
        vm.assertEq(market.publisherOf(byRival), rival);
        _assertOwner(first, publisher);
        _assertOwner(byRival, rival);
    }

    function test_publish_refusesCidsThatAreTooShortOrTooLong() public {
        _expectError(IDatasetMarket.InvalidCid.selector);
        market.publish(new bytes(3), METADATA);
        _expectError(IDatasetMarket.InvalidCid.selector);
        market.publish(new bytes(129), METADATA);
        _expectError(IDatasetMarket.InvalidCid.selector);
        market.publishAndList(new bytes(3), METADATA, _sale());
        vm.prank(publisher);
        market.publish(new bytes(4), METADATA);
        vm.prank(publisher);
        market.publish(new bytes(128), METADATA);
    }

    function test_publish_refusesAContractThatTakesNoTokens() public {
        Wallet wallet = new Wallet();
        wallet.setManner(Wallet.Manner.AnswersNonsense);
        _expectError(IERC1155Errors.ERC1155InvalidReceiver.selector, abi.encode(wallet));
        vm.prank(address(wallet));
        market.publish(CID, METADATA);
        vm.prank(address(wallet));
        market.publishAndList(CID, METADATA, _sale()); // the token goes to the market
    }

    function test_publish_refusesToBeCalledFromItsReceiver() public {
        Wallet wallet = new Wallet();
        wallet.plan(address(market), abi.encodeCall(market.publish, ("another-cid", METADATA)));
        wallet.plan(address(market), abi.encodeCall(market.publishAndList, ("another-cid", METADATA, _sale())));
        vm.prank(address(wallet));
        market.publish(CID, METADATA);
        vm.assertEq(wallet.attempts(), 2);
        vm.assertEq(wallet.blocked(), 2);
    }

    function test_publishAndList_offersAtAPrice() public {
        uint256 id = _id(publisher, CID, METADATA);
        vm.expectEmit(address(token));
        emit IERC1155.TransferSingle(address(market), address(0), address(market), id, 1);
        vm.expectEmit(address(market));
        emit IDatasetMarket.Published(id, publisher, METADATA, CID);
        vm.expectEmit(address(market));
        emit IDatasetMarket.Listed(1, id, publisher, _saleInEuros(), 0);
        vm.prank(publisher);
        (uint256 tokenId, uint256 listingId) = market.publishAndList(CID, METADATA, _saleInEuros());
        vm.assertEq(tokenId, id);
        vm.assertEq(listingId, 1);
        _assertOwner(id, address(market));
        vm.assertEq(market.publisherOf(id), publisher);
        _assertListing(1, id, _saleInEuros(), 0, IDatasetMarket.Status.Sale);
    }

    function test_publishAndList_offersInAnAuction() public {
        uint256 id = _id(publisher, CID, METADATA);
        uint64 endsAt = uint64(block.timestamp) + 1 days;
        vm.expectEmit(address(market));
        emit IDatasetMarket.Listed(1, id, publisher, _auction(), endsAt);
        vm.prank(publisher);
        market.publishAndList(CID, METADATA, _auction());
        _assertListing(1, id, _auction(), endsAt, IDatasetMarket.Status.Auction);
    }

    function test_publishAndList_makesNothingWhenTheOfferIsRefused() public {
        IDatasetMarket.Offer memory offer = _sale();
        offer.price = 0;
        _expectError(IDatasetMarket.InvalidOffer.selector);
        vm.prank(publisher);
        market.publishAndList(CID, METADATA, offer);
        vm.prank(publisher);
        market.publish(CID, METADATA);
    }

    function test_offer_refusesEveryFieldOutOfItsBounds() public {
        uint256 id = _published();
        IDatasetMarket.Offer memory o = _sale();
        o.price = 0;
        _refused(id, o);
        o = _sale();
        o.step = 1;
        _refused(id, o);
        o = _sale();
        o.extension = 1;
        _refused(id, o);
        o = _sale();
        o.rateOf = oracle;
        _refused(id, o);
        o = _sale();
        o.maxRateAge = 1;
        _refused(id, o);

        o = _saleInEuros();
        o.price = 0;
        _refused(id, o);
        o = _saleInEuros();
        o.step = 1;
        _refused(id, o);
        o = _saleInEuros();
        o.extension = 1;
        _refused(id, o);
        o = _saleInEuros();
        o.rateOf = address(0);
        _refused(id, o);
        o = _saleInEuros();
        o.maxRateAge = 0;
        _refused(id, o);
        o = _saleInEuros();
        o.maxRateAge = 30 days + 1;
        _refused(id, o);
    }

    function test_offer_refusesEveryFieldOfAnAuctionOutOfItsBounds() public {
        uint256 id = _published();
        IDatasetMarket.Offer memory o = _auction();
        o.price = 0;
        _refused(id, o);
        o = _auction();
        o.step = 0;
        _refused(id, o);
        o = _sale(); // but for this, an auction without step and extension
        o.duration = 1 days;
        _refused(id, o);
        o = _saleInEuros();
        o.duration = 1 days;
        _refused(id, o);
        o = _auction();
        (o.duration, o.extension) = (1 minutes - 1, 0);
        _refused(id, o);
        o = _auction();
        o.duration = 90 days + 1;
        _refused(id, o);
        o = _auction();
        o.extension = o.duration + 1;
        _refused(id, o);
        (o.duration, o.extension) = (90 days, 1 days + 1);
        _refused(id, o);
        o = _auction();
        o.unit = EUR;
        _refused(id, o);
        o = _auction();
        o.rateOf = oracle;
        _refused(id, o);
        o = _auction();
        o.maxRateAge = 1;
        _refused(id, o);
        o = _auction();
        (o.unit, o.rateOf, o.maxRateAge) = (EUR, oracle, 1 hours);
        _refused(id, o);
    }

    function test_offer_takesEveryFieldAtItsBounds() public {
        uint128 most = type(uint128).max;
        _taken(IDatasetMarket.Offer(1, 0, 0, address(0), 0, 0, 0), IDatasetMarket.Status.Sale);
        _taken(IDatasetMarket.Offer(most, 0, 0, address(0), 0, 0, 0), IDatasetMarket.Status.Sale);
        _taken(IDatasetMarket.Offer(1, 0, EUR, oracle, 1, 0, 0), IDatasetMarket.Status.Sale);
        _taken(IDatasetMarket.Offer(most, 0, EUR, oracle, 30 days, 0, 0), IDatasetMarket.Status.Sale);
        _taken(IDatasetMarket.Offer(1, 1, 0, address(0), 0, 1 minutes, 0), IDatasetMarket.Status.Auction);
        _taken(IDatasetMarket.Offer(1, 1, 0, address(0), 0, 1 minutes, 1 minutes), IDatasetMarket.Status.Auction);
        _taken(IDatasetMarket.Offer(most, most, 0, address(0), 0, 90 days, 1 days), IDatasetMarket.Status.Auction);
    }

    function _id(address by, bytes memory cid, bytes32 metadata) private view returns (uint256) {
        return uint256(keccak256(abi.encode(market, keccak256(abi.encode(by, cid, metadata)))));
    }

    /// @dev What the token itself says of such metadata.
    function _uriOf(bytes32 metadata) private returns (string memory) {
        return token.uri(token.mintUnique(stranger, 0, metadata));
    }

    function _refused(uint256 id, IDatasetMarket.Offer memory offer) private {
        _expectError(IDatasetMarket.InvalidOffer.selector);
        vm.prank(publisher);
        token.safeTransferFrom(publisher, address(market), id, 1, abi.encode(offer));
    }

    function _taken(IDatasetMarket.Offer memory offer, IDatasetMarket.Status status) private {
        uint256 listingId = _offered(offer);
        uint64 endsAt = offer.duration == 0 ? 0 : uint64(block.timestamp) + offer.duration;
        _assertListing(listingId, _tokenOf(listingId), offer, endsAt, status);
    }

    function _assertListing(
        uint256 listingId,
        uint256 tokenId,
        IDatasetMarket.Offer memory offer,
        uint64 endsAt,
        IDatasetMarket.Status status
    ) private view {
        IDatasetMarket.Listing memory expected = IDatasetMarket.Listing({
            offer: offer,
            tokenId: tokenId,
            seller: publisher,
            endsAt: endsAt,
            status: status,
            bidder: address(0),
            bid: 0
        });
        vm.assertEq(keccak256(abi.encode(market.listing(listingId))), keccak256(abi.encode(expected)));
    }
}
