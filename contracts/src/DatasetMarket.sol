// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {Escrow} from "./Escrow.sol";
import {IDatasetMarket} from "./IDatasetMarket.sol";
import {IUniqueToken} from "./IUniqueToken.sol";
import {PublicKey} from "./PublicKey.sol";
import {IERC1155Receiver} from "@openzeppelin/contracts/token/ERC1155/IERC1155Receiver.sol";
import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import {ERC165, IERC165} from "@openzeppelin/contracts/utils/introspection/ERC165.sol";
import {Math} from "@openzeppelin/contracts/utils/math/Math.sol";

/// @title Market of datasets; see IDatasetMarket
/// @notice Nobody owns or administers it: tokens and money leave only as an offer's rules say.
contract DatasetMarket is IDatasetMarket, IERC1155Receiver, Escrow, ERC165 {
    uint32 public constant MIN_DURATION = 1 minutes;
    uint32 public constant MAX_DURATION = 90 days;
    uint32 public constant MAX_EXTENSION = 1 days;
    uint32 public constant MAX_RATE_AGE = 30 days;
    /// @notice A bid exceeds the highest by at least one in so many; so extending an auction grows dear exponentially.
    uint256 public constant STEP_DIVISOR = 100;

    uint256 private constant MIN_CID_LENGTH = 4;
    uint256 private constant MAX_CID_LENGTH = 128;
    uint256 private constant UNIT = 1e18;
    /// @dev For a token's way to a receiver that may refuse it: about 50,000 for the transfer, the rest for the receiver. A
    /// wallet contract needs some thousands; one that would do more, like offering the token again, can collect it.
    uint256 private constant RECEIVER_GAS = 200_000;

    IUniqueToken private immutable _token;

    mapping(uint256 listingId => Listing) private _listings;
    mapping(uint256 requestId => DataRequest) private _requests;
    mapping(address publisher => mapping(bytes32 unit => Rate)) private _rates;

    /// @inheritdoc IDatasetMarket
    mapping(uint256 tokenId => address) public publisherOf;
    /// @inheritdoc IDatasetMarket
    mapping(uint256 tokenId => address) public keptFor;
    /// @inheritdoc IDatasetMarket
    uint256 public listingCount;
    /// @inheritdoc IDatasetMarket
    uint256 public requestCount;

    struct Rate {
        uint128 value;
        uint64 setAt;
    }

    /// @param token_ makes the datasets' tokens
    /// @param currency_ the ERC-20 in which everything is paid
    constructor(IUniqueToken token_, IERC20 currency_) Escrow(currency_) {
        if (address(token_).code.length == 0) revert UnsupportedToken();
        _token = token_;
    }

    /// @inheritdoc IDatasetMarket
    function publish(bytes calldata cid, bytes32 metadata) external nonReentrant returns (uint256 tokenId) {
        return _publish(msg.sender, cid, metadata);
    }

    /// @inheritdoc IDatasetMarket
    function publishAndList(bytes calldata cid, bytes32 metadata, Offer calldata offer)
        external
        nonReentrant
        returns (uint256 tokenId, uint256 listingId)
    {
        tokenId = _publish(address(this), cid, metadata);
        listingId = _list(tokenId, msg.sender, offer);
    }

    /// @inheritdoc IERC1155Receiver
    /// @dev A token arrives to be offered, or because this contract made it.
    function onERC1155Received(address operator, address from, uint256 id, uint256 value, bytes calldata data)
        external
        returns (bytes4)
    {
        if (msg.sender != address(_token) || value != 1) revert UnsupportedTransfer();
        if (operator != address(this)) {
            // Credit and tokens of other makers are no datasets; what is made for this contract has no seller.
            if (publisherOf[id] == address(0)) revert UnknownDataset(id);
            _list(id, from, abi.decode(data, (Offer)));
        }
        return IERC1155Receiver.onERC1155Received.selector;
    }

    /// @inheritdoc IERC1155Receiver
    function onERC1155BatchReceived(address, address, uint256[] calldata, uint256[] calldata, bytes calldata)
        external
        pure
        returns (bytes4)
    {
        revert UnsupportedTransfer();
    }

    /// @inheritdoc IDatasetMarket
    function buy(uint256 listingId, uint256 tokenId, uint256 maxPrice) external nonReentrant {
        Listing storage l = _in(listingId, tokenId, Status.Sale);
        uint256 price = _price(l.offer);
        if (price > maxPrice) revert PriceAbove(listingId, price);
        address seller = l.seller;
        l.status = Status.Ended;
        emit Sold(listingId, tokenId, msg.sender, seller, price);
        _take(price);
        _pay(seller, price);
        _token.safeTransferFrom(address(this), msg.sender, tokenId, 1, "");
    }

    /// @inheritdoc IDatasetMarket
    function bid(uint256 listingId, uint256 tokenId, uint128 amount) external nonReentrant {
        Listing storage l = _in(listingId, tokenId, Status.Auction);
        if (msg.sender == l.seller) revert NotAllowed(msg.sender);
        if (block.timestamp > l.endsAt) revert TooLate(listingId, l.endsAt);
        uint256 minimum = _minimumBid(l);
        if (amount < minimum) revert BidTooLow(listingId, minimum);

        if (l.bid != 0) _setAside(l.bidder, l.bid);
        (l.bidder, l.bid) = (msg.sender, amount);
        uint64 extended = uint64(block.timestamp) + l.offer.extension;
        if (extended > l.endsAt) l.endsAt = extended;
        emit BidPlaced(listingId, msg.sender, amount, l.endsAt);
        _takeBid(amount);
    }

    /// @inheritdoc IDatasetMarket
    function settle(uint256 listingId) external nonReentrant {
        Listing storage l = _in(listingId, Status.Auction);
        if (block.timestamp <= l.endsAt) revert TooEarly(listingId, l.endsAt);
        (uint256 tokenId, address seller, address bidder, uint256 price) = (l.tokenId, l.seller, l.bidder, l.bid);
        l.status = Status.Ended;
        if (price == 0) {
            emit Unlisted(listingId, tokenId, seller);
            _give(tokenId, seller);
        } else {
            emit Sold(listingId, tokenId, bidder, seller, price);
            // The payment last: a currency may call the seller, who could leave too little gas for the token.
            _give(tokenId, bidder);
            _pay(seller, price);
        }
    }

    /// @inheritdoc IDatasetMarket
    function cancel(uint256 listingId) external nonReentrant {
        Listing storage l = _listings[listingId];
        if (l.status != Status.Sale && l.status != Status.Auction) revert WrongStatus(listingId, l.status);
        if (msg.sender != l.seller) revert NotAllowed(msg.sender);
        if (l.bid != 0) revert AlreadyBidOn(listingId);
        uint256 tokenId = l.tokenId;
        l.status = Status.Ended;
        emit Unlisted(listingId, tokenId, msg.sender);
        _give(tokenId, msg.sender);
    }

    /// @inheritdoc IDatasetMarket
    function collect(uint256 tokenId, address to) external nonReentrant {
        if (msg.sender != keptFor[tokenId]) revert NotAllowed(msg.sender);
        if (to == address(this)) revert InvalidReceiver(to);
        delete keptFor[tokenId];
        emit TokenCollected(tokenId, msg.sender, to);
        _token.safeTransferFrom(address(this), to, tokenId, 1, "");
    }

    /// @inheritdoc IDatasetMarket
    function setRate(bytes32 unit, uint128 rate) external {
        _rates[msg.sender][unit] = Rate(rate, uint64(block.timestamp));
        emit RateSet(msg.sender, unit, rate);
    }

    /// @inheritdoc IDatasetMarket
    function requestData(uint256 tokenId, bytes calldata publicKey) external returns (uint256 requestId) {
        if (publisherOf[tokenId] == address(0)) revert UnknownDataset(tokenId);
        if (_token.ownerOf(tokenId) != msg.sender) revert NotAllowed(msg.sender);
        if (!PublicKey.isValid(publicKey)) revert InvalidPublicKey();
        requestId = ++requestCount;
        _requests[requestId] = DataRequest(tokenId, msg.sender);
        emit DataRequested(requestId, tokenId, msg.sender, publicKey);
    }

    /// @inheritdoc IDatasetMarket
    function deliver(uint256 requestId, bytes calldata cid, bytes32 receipt) external {
        (uint256 tokenId, address requester) = (_requests[requestId].tokenId, _requests[requestId].requester);
        if (requester == address(0)) revert UnknownRequest(requestId);
        if (msg.sender != publisherOf[tokenId]) revert NotAllowed(msg.sender);
        _checkCid(cid);
        delete _requests[requestId];
        emit DataDelivered(requestId, tokenId, requester, cid, receipt);
    }

    /// @inheritdoc IDatasetMarket
    function priceOf(uint256 listingId) external view returns (uint256) {
        return _price(_in(listingId, Status.Sale).offer);
    }

    /// @inheritdoc IDatasetMarket
    function minimumBid(uint256 listingId) external view returns (uint256) {
        return _minimumBid(_in(listingId, Status.Auction));
    }

    /// @inheritdoc IDatasetMarket
    function listing(uint256 listingId) external view returns (Listing memory) {
        return _listings[listingId];
    }

    /// @inheritdoc IDatasetMarket
    function dataRequest(uint256 requestId) external view returns (DataRequest memory) {
        return _requests[requestId];
    }

    /// @inheritdoc IDatasetMarket
    function rateOf(address publisher, bytes32 unit) external view returns (uint128 rate, uint64 setAt) {
        return (_rates[publisher][unit].value, _rates[publisher][unit].setAt);
    }

    /// @inheritdoc IDatasetMarket
    function token() external view returns (address) {
        return address(_token);
    }

    /// @inheritdoc IDatasetMarket
    function currency() external view returns (address) {
        return address(_currency);
    }

    /// @inheritdoc ERC165
    function supportsInterface(bytes4 interfaceId) public view override(ERC165, IERC165) returns (bool) {
        return interfaceId == type(IDatasetMarket).interfaceId || interfaceId == type(IERC1155Receiver).interfaceId
            || super.supportsInterface(interfaceId);
    }

    function _publish(address to, bytes calldata cid, bytes32 metadata) private returns (uint256 tokenId) {
        _checkCid(cid);
        tokenId = _token.mintUnique(to, keccak256(abi.encode(msg.sender, cid, metadata)), metadata);
        publisherOf[tokenId] = msg.sender;
        emit Published(tokenId, msg.sender, metadata, cid);
    }

    function _list(uint256 tokenId, address seller, Offer memory offer) private returns (uint256 listingId) {
        _checkOffer(offer);
        listingId = ++listingCount;
        bool auction = offer.duration != 0;
        uint64 endsAt = auction ? uint64(block.timestamp) + offer.duration : 0;
        Listing storage l = _listings[listingId];
        l.offer = offer;
        (l.tokenId, l.seller, l.endsAt, l.status) = (tokenId, seller, endsAt, auction ? Status.Auction : Status.Sale);
        emit Listed(listingId, tokenId, seller, offer, endsAt);
    }

    /// @dev First what is set aside for the bidder, so that who was outbid can raise without fetching it.
    function _takeBid(uint256 amount) private {
        uint256 used = Math.min(setAside[msg.sender], amount);
        if (used != 0) {
            setAside[msg.sender] -= used;
            emit Withdrawn(msg.sender, address(this), used);
        }
        if (used != amount) _take(amount - used);
    }

    /// @dev A receiver that does not take its token must not hold up the other side. Gas that would not let it take the
    /// token is refused, or a wallet's estimate could end here.
    function _give(uint256 tokenId, address to) private {
        if (gasleft() < RECEIVER_GAS + 50_000) revert NotEnoughGas();
        try _token.safeTransferFrom{gas: RECEIVER_GAS}(address(this), to, tokenId, 1, "") {}
        catch {
            keptFor[tokenId] = to;
            emit TokenKept(tokenId, to);
        }
    }

    /// @dev Rounded up, so that no price becomes nothing.
    function _price(Offer storage offer) private view returns (uint256) {
        (uint256 price, address publisher, bytes32 unit) = (offer.price, offer.rateOf, offer.unit);
        if (unit == 0) return price;
        Rate memory rate = _rates[publisher][unit];
        if (rate.value == 0 || block.timestamp - rate.setAt > offer.maxRateAge) {
            revert StaleRate(publisher, unit, rate.setAt);
        }
        return Math.ceilDiv(price * rate.value, UNIT);
    }

    function _minimumBid(Listing storage l) private view returns (uint256) {
        uint256 highest = l.bid;
        if (highest == 0) return l.offer.price;
        return highest + Math.max(l.offer.step, Math.ceilDiv(highest, STEP_DIVISOR));
    }

    function _in(uint256 listingId, uint256 tokenId, Status status) private view returns (Listing storage l) {
        l = _in(listingId, status);
        if (l.tokenId != tokenId) revert AnotherToken(listingId, l.tokenId);
    }

    function _in(uint256 listingId, Status status) private view returns (Listing storage l) {
        l = _listings[listingId];
        if (l.status != status) revert WrongStatus(listingId, l.status);
    }

    function _checkOffer(Offer memory o) private pure {
        bool sale = o.duration == 0 && o.step == 0 && o.extension == 0
            && (o.unit == 0
                    ? o.rateOf == address(0) && o.maxRateAge == 0
                    : o.rateOf != address(0) && o.maxRateAge != 0 && o.maxRateAge <= MAX_RATE_AGE);
        bool auction = o.duration >= MIN_DURATION && o.duration <= MAX_DURATION && o.extension <= o.duration
            && o.extension <= MAX_EXTENSION && o.step != 0 && o.unit == 0 && o.rateOf == address(0) && o.maxRateAge == 0;
        if (o.price == 0 || !(sale || auction)) revert InvalidOffer();
    }

    function _checkCid(bytes calldata cid) private pure {
        if (cid.length < MIN_CID_LENGTH || cid.length > MAX_CID_LENGTH) revert InvalidCid();
    }
}
