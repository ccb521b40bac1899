// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {IEscrow} from "./IEscrow.sol";

/// @title Market of datasets: a dataset is a unique token, and whoever owns the token can have the data (paper 1)
/// @notice The publisher keeps what recovers the data. It mints a token for each dataset, and answers the requests of
/// the token's owner. Owners sell: at a price, or to the highest bidder. A token that is offered is in escrow here, and
/// so is every highest bid; both leave it by a sale, by the end of an auction or by the seller's cancellation.
/// @dev An owner offers a token by sending it here, with the ABI-encoded Offer as the transfer's data. No approval is
/// needed: an ERC-1155 operator could move everything that the owner has, credit included.
interface IDatasetMarket is IEscrow {
    enum Status {
        None,
        Sale,
        Auction,
        Ended
    }

    /// @dev With a duration an auction, without one a sale. Amounts are in the currency's smallest unit.
    struct Offer {
        uint128 price; // of a sale; of an auction the reserve, which the first bid must reach; at least 1
        uint128 step; // auction: by how much a bid exceeds the highest, at least 1 and always at least 1 %
        bytes32 unit; // sale: the unit of account in which the price is (18 decimals); 0 is the currency itself
        address rateOf; // sale in a unit of account: whose rate converts it
        uint32 maxRateAge; // sale in a unit of account: seconds, 1 to 30 days
        uint32 duration; // auction: seconds, 1 minute to 90 days
        uint32 extension; // auction: seconds that remain at least after a bid, at most 1 day and the duration
    }

    struct Listing {
        Offer offer;
        uint256 tokenId;
        address seller;
        uint64 endsAt; // auction: bids are taken until here, this second included
        Status status;
        address bidder;
        uint128 bid;
    }

    struct DataRequest {
        uint256 tokenId;
        address requester; // zero when it was answered, or never was
    }

    /// @notice A dataset became a token.
    event Published(uint256 indexed tokenId, address indexed publisher, bytes32 metadata, bytes cid);
    event Listed(
        uint256 indexed listingId, uint256 indexed tokenId, address indexed seller, Offer offer, uint64 endsAt
    );
    event BidPlaced(uint256 indexed listingId, address indexed bidder, uint128 amount, uint64 endsAt);
    /// @notice Sold at its price or to the highest bidder; `price` is in the currency.
    event Sold(
        uint256 indexed listingId, uint256 indexed tokenId, address indexed buyer, address seller, uint256 price
    );
    /// @notice It goes back to the seller unsold.
    event Unlisted(uint256 indexed listingId, uint256 indexed tokenId, address indexed seller);
    /// @notice A receiver did not take its token; it can collect it.
    event TokenKept(uint256 indexed tokenId, address indexed receiver);
    event TokenCollected(uint256 indexed tokenId, address indexed receiver, address indexed to);
    /// @notice `rate` is what one unit of account is worth, in the currency's smallest unit.
    event RateSet(address indexed publisher, bytes32 indexed unit, uint128 rate);
    event DataRequested(uint256 indexed requestId, uint256 indexed tokenId, address indexed requester, bytes publicKey);
    /// @notice The data, sealed to the request's key, is at `cid`; `receipt` is the hash of the publisher's signed receipt.
    event DataDelivered(
        uint256 indexed requestId, uint256 indexed tokenId, address indexed requester, bytes cid, bytes32 receipt
    );

    error InvalidCid();
    error InvalidOffer();
    error InvalidPublicKey();
    error NotAllowed(address caller);
    error UnsupportedTransfer();
    error WrongStatus(uint256 listingId, Status status);
    error AnotherToken(uint256 listingId, uint256 tokenId);
    error PriceAbove(uint256 listingId, uint256 price);
    error StaleRate(address publisher, bytes32 unit, uint64 setAt);
    error BidTooLow(uint256 listingId, uint256 minimum);
    error TooLate(uint256 listingId, uint64 endsAt);
    error TooEarly(uint256 listingId, uint64 endsAt);
    error AlreadyBidOn(uint256 listingId);
    error NotEnoughGas();
    error UnknownDataset(uint256 tokenId);
    error UnknownRequest(uint256 requestId);

    /// @notice Make a dataset's token, for the caller. tokenId = keccak256(abi.encode(market, keccak256(abi.encode(caller,
    /// cid, metadata)))).
    /// @param cid of the mixed and sealed dataset, 4..128 bytes
    /// @param metadata SHA-256 of the token's metadata (see IUniqueToken)
    function publish(bytes calldata cid, bytes32 metadata) external returns (uint256 tokenId);

    /// @notice Make a dataset's token and offer it at once.
    function publishAndList(bytes calldata cid, bytes32 metadata, Offer calldata offer)
        external
        returns (uint256 tokenId, uint256 listingId);

    /// @notice Buy what is offered at a price.
    /// @param tokenId what the caller means to buy: after a reorganisation another token can have the listing's number
    /// @param maxPrice the most that the caller pays, whatever became of the rate meanwhile
    function buy(uint256 listingId, uint256 tokenId, uint256 maxPrice) external;

    /// @notice Bid in an auction until its end. Takes `amount` into escrow, first of what is set aside for the caller; what
    /// the one who is outbid had bid is set aside for it.
    function bid(uint256 listingId, uint256 tokenId, uint128 amount) external;

    /// @notice End an auction after its time, by anybody: the token to the highest bidder and the bid to the seller, or the
    /// token back.
    function settle(uint256 listingId) external;

    /// @notice The seller takes back what nobody has bid for.
    function cancel(uint256 listingId) external;

    /// @notice Take a token that was kept for the caller, which did not accept it.
    function collect(uint256 tokenId, address to) external;

    /// @notice Say what a unit of account is worth. 0 withdraws the rate. It counts where an offer names the caller.
    function setRate(bytes32 unit, uint128 rate) external;

    /// @notice The owner of a dataset's token asks for the data.
    /// @param publicKey uncompressed P-256 point (65 bytes, 0x04 first, on the curve), to which the data is sealed
    function requestData(uint256 tokenId, bytes calldata publicKey) external returns (uint256 requestId);

    /// @notice The publisher answers.
    /// @param cid of the data, sealed to the request's key, 4..128 bytes
    function deliver(uint256 requestId, bytes calldata cid, bytes32 receipt) external;

    /// @notice What a sale costs now, in the currency.
    function priceOf(uint256 listingId) external view returns (uint256);

    /// @notice The least that the next bid can be.
    function minimumBid(uint256 listingId) external view returns (uint256);
    function listing(uint256 listingId) external view returns (Listing memory);
    function listingCount() external view returns (uint256);
    function requestCount() external view returns (uint256);
    function dataRequest(uint256 requestId) external view returns (DataRequest memory);

    /// @notice Who published a dataset and answers for it; the zero address if this is none.
    function publisherOf(uint256 tokenId) external view returns (address);

    /// @notice For whom a token is kept.
    function keptFor(uint256 tokenId) external view returns (address);
    function rateOf(address publisher, bytes32 unit) external view returns (uint128 rate, uint64 setAt);
    function token() external view returns (address);
    function currency() external view returns (address);
}
