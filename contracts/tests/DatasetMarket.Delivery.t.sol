// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {IDatasetMarket} from "../src/IDatasetMarket.sol";
import {Datasets} from "./Datasets.sol";

/// @dev Who may ask for the data, and who answers.
contract DatasetMarketDeliveryTest is Datasets {
    bytes32 private constant RECEIPT = keccak256("a signed receipt");

    function test_requestData_letsTheOwnerAsk() public {
        uint256 tokenId = _published();
        vm.expectEmit(address(market));
        emit IDatasetMarket.DataRequested(1, tokenId, publisher, PUBLIC_KEY);
        vm.assertEq(_request(publisher, tokenId), 1);
        vm.assertEq(market.requestCount(), 1);
        vm.assertEq(market.dataRequest(1).tokenId, tokenId);
        vm.assertEq(market.dataRequest(1).requester, publisher);
        vm.assertEq(_request(publisher, tokenId), 2); // as often as it likes
    }

    function test_requestData_letsTheBuyerAskAndTheFormerOwnerNoMore() public {
        uint256 listingId = _offered(_sale());
        uint256 tokenId = _tokenOf(listingId);
        _buy(buyer, listingId);
        _request(buyer, tokenId);
        _refused(publisher, tokenId);

        listingId = _offer(tokenId, _sale());
        _buy(rival, listingId);
        _request(rival, tokenId);
        _refused(buyer, tokenId);
    }

    function test_requestData_refusesEverybodyWhileTheTokenIsOffered() public {
        uint256 listingId = _offered(_auction());
        uint256 tokenId = _tokenOf(listingId);
        _bid(buyer, listingId, RESERVE);
        _refused(publisher, tokenId);
        _refused(buyer, tokenId);
        _end(listingId);
        _refused(buyer, tokenId);
        market.settle(listingId);
        _request(buyer, tokenId);
    }

    function test_requestData_refusesStrangersAndThePublisherOfWhatItSold() public {
        uint256 tokenId = _published();
        _refused(stranger, tokenId);
        vm.prank(publisher);
        token.safeTransferFrom(publisher, buyer, tokenId, 1, "");
        _refused(publisher, tokenId);
        _request(buyer, tokenId);
    }

    function test_requestData_refusesTokensThatAreNoDatasets() public {
        vm.prank(stranger);
        uint256 foreign = token.mintUnique(stranger, 0, METADATA);
        uint256[2] memory ids = [foreign, 0];
        for (uint256 i = 0; i < 2; ++i) {
            _expectError(IDatasetMarket.UnknownDataset.selector, abi.encode(ids[i]));
            _request(stranger, ids[i]);
        }
        _expectError(IDatasetMarket.UnknownDataset.selector, abi.encode(0));
        _request(address(0), 0); // whom the credit names as its one owner
    }

    function test_requestData_refusesKeysThatAreNoPointOfTheCurve() public {
        uint256 tokenId = _published();
        bytes memory key = PUBLIC_KEY;
        key[0] = 0x02;
        _refusedKey(tokenId, key);
        key = PUBLIC_KEY;
        key[64] ^= 0x01;
        _refusedKey(tokenId, key);
        _refusedKey(tokenId, bytes.concat(PUBLIC_KEY, hex"00"));
        _refusedKey(tokenId, new bytes(64));
        _refusedKey(tokenId, bytes.concat(hex"04", new bytes(64)));
        _refusedKey(tokenId, "");
    }

    function test_deliver_answersARequestOnce() public {
        uint256 tokenId = _published();
        vm.prank(publisher);
        token.safeTransferFrom(publisher, buyer, tokenId, 1, "");
        (uint256 first, uint256 second) = (_request(buyer, tokenId), _request(buyer, tokenId));
        vm.expectEmit(address(market));
        emit IDatasetMarket.DataDelivered(second, tokenId, buyer, CID, RECEIPT);
        _deliver(publisher, second, CID);
        vm.assertEq(market.dataRequest(second).requester, address(0));
        vm.assertEq(market.dataRequest(first).requester, buyer);
        _expectError(IDatasetMarket.UnknownRequest.selector, abi.encode(second));
        _deliver(publisher, second, CID);
        _deliver(publisher, first, CID);
    }

    function test_deliver_refusesWhoDidNotPublishTheDataset() public {
        uint256 id = _request(publisher, _published());
        vm.prank(rival);
        market.publish(CID, METADATA);
        _notAllowed(rival);
        market.deliver(id, CID, RECEIPT);

        uint256 tokenId = _published();
        vm.prank(publisher);
        token.safeTransferFrom(publisher, buyer, tokenId, 1, "");
        id = _request(buyer, tokenId);
        _notAllowed(buyer);
        market.deliver(id, CID, RECEIPT);
    }

    function test_deliver_answersTheRequesterThoughTheTokenMovedOn() public {
        uint256 tokenId = _published();
        uint256 id = _request(publisher, tokenId);
        _buy(buyer, _offer(tokenId, _sale()));
        vm.expectEmit(address(market));
        emit IDatasetMarket.DataDelivered(id, tokenId, publisher, CID, RECEIPT);
        _deliver(publisher, id, CID);
    }

    function test_deliver_refusesAnUnknownRequest() public {
        _expectError(IDatasetMarket.UnknownRequest.selector, abi.encode(1));
        _deliver(publisher, 1, CID);
        _expectError(IDatasetMarket.UnknownRequest.selector, abi.encode(1));
        _deliver(address(0), 1, CID); // whom an empty request names as its publisher
    }

    function test_deliver_refusesCidsThatAreTooShortOrTooLong() public {
        uint256 tokenId = _published();
        uint256 id = _request(publisher, tokenId);
        _expectError(IDatasetMarket.InvalidCid.selector);
        _deliver(publisher, id, new bytes(3));
        _expectError(IDatasetMarket.InvalidCid.selector);
        _deliver(publisher, id, new bytes(129));
        _deliver(publisher, id, new bytes(4));
        _deliver(publisher, _request(publisher, tokenId), new bytes(128));
    }

    /// @dev Whoever asks, only the owner of that moment is answered.
    function testFuzz_requestData_isTheOwnersAlone(uint256 seed) public {
        address[4] memory parties = [publisher, buyer, rival, stranger];
        uint256 tokenId = _published();
        for (uint256 i = 0; i < 8; ++i) {
            seed = uint256(keccak256(abi.encode(seed)));
            address owner = token.ownerOf(tokenId);
            address next = parties[seed % 4];
            vm.prank(owner);
            token.safeTransferFrom(owner, next, tokenId, 1, "");
            address who = parties[(seed / 4) % 4];
            if (who != next) _refused(who, tokenId);
            else vm.assertEq(market.dataRequest(_request(who, tokenId)).requester, next);
        }
    }

    function _request(address who, uint256 tokenId) private returns (uint256) {
        vm.prank(who);
        return market.requestData(tokenId, PUBLIC_KEY);
    }

    function _refused(address who, uint256 tokenId) private {
        _notAllowed(who);
        market.requestData(tokenId, PUBLIC_KEY);
    }

    function _refusedKey(uint256 tokenId, bytes memory key) private {
        _expectError(IDatasetMarket.InvalidPublicKey.selector);
        vm.prank(publisher);
        market.requestData(tokenId, key);
    }

    function _deliver(address who, uint256 id, bytes memory cid) private {
        vm.prank(who);
        market.deliver(id, cid, RECEIPT);
    }
}
