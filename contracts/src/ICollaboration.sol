// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {IEscrow} from "./IEscrow.sol";

/// @title Bonded queries: one member asks a location service through another (paper 4, §4.1)
/// @notice A querier bonds a collaborator's reward and a service's fee together with the hash of its disguised query o'.
/// The collaborator, who has agreed by its signature, forwards the sealed query under its own name; the service posts
/// the result's hash and is paid; the querier confirms, or time does, and the collaborator is paid. Without an answer in
/// time everything goes back.
///
/// query = keccak256(abi.encode(salt, o')), salt being 32 random bytes that only the service is told, with o': from the
/// hash alone nobody can guess o'. A query's hash can be bonded once, by anybody.
///
/// The agreement is EIP-712 typed data, domain ("Collaboration", "1", chain, contract), type
/// Agreement(address querier,bytes32 query,address service,uint128 reward,uint128 fee,uint32 answerSeconds,
/// uint32 confirmSeconds,uint64 validUntil), signed by the collaborator's account.
///
/// Who reads the chain sees which account bonded a query, the service too. A querier that does not want to be told
/// from its group bonds from the group's account.
interface ICollaboration is IEscrow {
    enum State {
        None,
        Bonded, // until the answer
        Answered, // until the confirmation
        Settled, // the collaborator was paid
        Declined, // by the collaborator, before an answer; everything went back
        Expired // no answer in time; everything went back
    }

    /// @dev Amounts are in the currency's smallest unit, the reward at least 1; windows in seconds, at least 1 and below
    /// 2^23 (97 days).
    struct Terms {
        bytes32 query;
        address collaborator;
        address service;
        uint128 reward; // D, to the collaborator
        uint128 fee; // to the service, as it asks at the time
        uint32 answerSeconds; // for the answer, from the bond
        uint32 confirmSeconds; // for the confirmation, from the answer
        uint64 validUntil; // Unix time, the last second to bond on this agreement
    }

    /// @dev In an order that fills the words of storage.
    struct Task {
        State state;
        address querier;
        uint64 deadline; // of the answer or the confirmation, that second included; after the end 0
        address collaborator;
        uint32 confirmSeconds;
        address service;
        uint128 reward;
        uint128 fee;
        bytes32 result; // SHA-256 of the sealed result, stored as one raw IPFS block; 0 until answered
    }

    /// @notice A location service's fee per answer, its key to which queries are sealed (an uncompressed P-256 point) and
    /// where it listens. A later one replaces it.
    event ServiceOffered(address indexed service, uint128 fee, bytes publicKey, string endpoint);
    event ServiceWithdrawn(address indexed service);
    event Bonded(bytes32 indexed query, address indexed querier, Terms terms, uint64 answerBy);
    event Answered(bytes32 indexed query, address indexed service, bytes32 result, uint64 confirmBy);
    /// @notice The collaborator was paid; because the querier confirmed, or because its time was up.
    event Settled(bytes32 indexed query, address indexed collaborator, uint256 reward, bool confirmed);
    event Declined(bytes32 indexed query, address indexed collaborator);
    /// @notice The collaborator had agreed, and there is no answer.
    event Expired(bytes32 indexed query, address indexed collaborator, address indexed service);

    error InvalidParameters();
    error InvalidPublicKey();
    error InvalidEndpoint(uint256 length);
    error InvalidTerms();
    error InvalidAgreement(address signer);
    error InvalidResult();
    /// @dev Conduct has locked it.
    error Locked(address account);
    /// @dev It offers nothing, or not for this fee.
    error NotOffered(address service, uint128 fee);
    error AlreadyBonded(bytes32 query);
    error NotAllowed(address account);
    error WrongState(bytes32 query, State state);
    /// @dev After the agreement's last second, or the step's.
    error TooLate(bytes32 query, uint64 deadline);
    error TooEarly(bytes32 query, uint64 deadline);

    /// @notice Become a location service, or change the offer; bonded queries keep the fee of their bond.
    /// @param publicKey uncompressed P-256 point (65 bytes, 0x04 first, on the curve)
    /// @param endpoint 1..256 bytes: an https address, with the certificate's SHA-256 after the # where no authority
    /// vouches for it
    function offerService(uint128 fee, bytes calldata publicKey, string calldata endpoint) external;

    /// @notice No further queries; bonded ones can still be answered. Fails when nothing is offered.
    function withdrawService() external;

    /// @notice Bond a query. Takes reward and fee from the caller. Neither the caller nor the collaborator may be locked,
    /// and the three parties have to be different; what happens to a lock later does not touch this query.
    /// @param agreement the collaborator's signature
    function bond(Terms calldata terms, bytes calldata agreement) external;

    /// @notice The service has the answer, until the deadline. Pays its fee.
    function answer(bytes32 query, bytes32 result) external;

    /// @notice The querier has the result, until the deadline of the confirmation. Pays the reward.
    function confirm(bytes32 query) external;

    /// @notice After the deadline of the confirmation, by anybody: pays the reward.
    function settle(bytes32 query) external;

    /// @notice The collaborator cannot forward what it agreed to, or the service does not take it; until the answer's
    /// deadline. Everything goes back to the querier, and nobody is to blame.
    function decline(bytes32 query) external;

    /// @notice After the answer's deadline, by anybody: everything goes back to the querier.
    function expire(bytes32 query) external;

    function taskOf(bytes32 query) external view returns (Task memory);
    function serviceOf(address service) external view returns (bool offered, uint128 fee);

    /// @notice The contract that says who is locked.
    function conduct() external view returns (address);
    function currency() external view returns (address);
}
