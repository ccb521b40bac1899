// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {IUniqueToken} from "./IUniqueToken.sol";
import {AccessControl} from "@openzeppelin/contracts/access/AccessControl.sol";
import {IERC20Errors} from "@openzeppelin/contracts/interfaces/draft-IERC6093.sol";
import {ERC1155} from "@openzeppelin/contracts/token/ERC1155/ERC1155.sol";
import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import {IERC20Metadata} from "@openzeppelin/contracts/token/ERC20/extensions/IERC20Metadata.sol";
import {Bytes} from "@openzeppelin/contracts/utils/Bytes.sol";
import {Strings} from "@openzeppelin/contracts/utils/Strings.sol";
import {IERC165} from "@openzeppelin/contracts/utils/introspection/IERC165.sol";

/// @title The market's token: ERC-1155, whose id 0 is a fungible credit with the whole ERC-20 interface, and every other id unique
/// @notice Every movement of credit, whichever interface it came through, emits the events of both standards, so that
/// wallets, explorers and contracts of either kind see the same balances. Movements through ERC-20 call no receiver.
/// Credit is created by issuers; it moves only by its holder's word: a transfer, an allowance (ERC-20) or an operator
/// (ERC-1155; an operator may move every id, credit included). Unique tokens are made by anybody, under ids that
/// depend on who makes them, and are never destroyed.
contract MarketToken is ERC1155, AccessControl, IERC20Metadata, IERC20Errors, IUniqueToken {
    /// @notice The id of the credit.
    uint256 public constant CREDIT = 0;
    /// @notice May mint credit. Granted and revoked by DEFAULT_ADMIN_ROLE.
    bytes32 public constant ISSUER_ROLE = keccak256("ISSUER_ROLE");

    /// @inheritdoc IERC20Metadata
    string public constant name = "Market credit";
    /// @inheritdoc IERC20Metadata
    string public constant symbol = "CREDIT";
    /// @inheritdoc IERC20Metadata
    /// @dev What wallets assume when they do not ask; also makes the unit that rounding a share can lose worthless.
    uint8 public constant decimals = 18;

    /// @inheritdoc IERC20
    uint256 public totalSupply;
    /// @inheritdoc IERC20
    mapping(address holder => mapping(address spender => uint256)) public allowance;
    /// @inheritdoc IUniqueToken
    mapping(uint256 id => address) public ownerOf;

    mapping(uint256 id => bytes32) private _metadata;

    /// @param issuer receives DEFAULT_ADMIN_ROLE and ISSUER_ROLE
    constructor(address issuer) ERC1155('data:application/json,{"name":"Market credit","decimals":18}') {
        _grantRole(DEFAULT_ADMIN_ROLE, issuer);
        _grantRole(ISSUER_ROLE, issuer);
    }

    /// @notice Create credit. Calls no receiver, as ERC-20 minting does not.
    function mint(address to, uint256 amount) external onlyRole(ISSUER_ROLE) {
        if (to == address(0)) revert ERC20InvalidReceiver(to);
        _move(address(0), to, amount);
    }

    /// @inheritdoc IUniqueToken
    function mintUnique(address to, bytes32 salt, bytes32 metadata) external returns (uint256 id) {
        id = uint256(keccak256(abi.encode(msg.sender, salt)));
        if (ownerOf[id] != address(0)) revert AlreadyMinted(id);
        _metadata[id] = metadata;
        emit URI(uri(id), id);
        _mint(to, id, 1, "");
    }

    /// @inheritdoc IERC20
    function transfer(address to, uint256 amount) external returns (bool) {
        _transferCredit(msg.sender, to, amount);
        return true;
    }

    /// @inheritdoc IERC20
    /// @dev An allowance of 2^256 − 1 is not used up.
    function transferFrom(address from, address to, uint256 amount) external returns (bool) {
        uint256 allowed = allowance[from][msg.sender];
        if (allowed != type(uint256).max) {
            if (allowed < amount) revert ERC20InsufficientAllowance(msg.sender, allowed, amount);
            allowance[from][msg.sender] = allowed - amount;
        }
        _transferCredit(from, to, amount);
        return true;
    }

    /// @inheritdoc IERC20
    function approve(address spender, uint256 amount) external returns (bool) {
        if (spender == address(0)) revert ERC20InvalidSpender(spender);
        allowance[msg.sender][spender] = amount;
        emit Approval(msg.sender, spender, amount);
        return true;
    }

    /// @inheritdoc IERC20
    function balanceOf(address holder) external view returns (uint256) {
        return balanceOf(holder, CREDIT);
    }

    /// @notice Where an id's metadata is. A unique token's is the block of its digest on IPFS: CIDv1, raw, SHA-256, in base16.
    function uri(uint256 id) public view override returns (string memory) {
        if (id == CREDIT) return super.uri(id);
        bytes memory digits = bytes(Strings.toHexString(uint256(_metadata[id]), 32));
        return string.concat("ipfs://f01551220", string(Bytes.slice(digits, 2)));
    }

    /// @notice ERC-165.
    function supportsInterface(bytes4 interfaceId)
        public
        view
        override(ERC1155, AccessControl, IERC165)
        returns (bool)
    {
        return interfaceId == type(IERC20).interfaceId || interfaceId == type(IERC20Metadata).interfaceId
            || interfaceId == type(IUniqueToken).interfaceId || super.supportsInterface(interfaceId);
    }

    function _transferCredit(address from, address to, uint256 amount) private {
        if (to == address(0)) revert ERC20InvalidReceiver(to);
        uint256 balance = balanceOf(from, CREDIT);
        if (balance < amount) revert ERC20InsufficientBalance(from, balance, amount);
        _move(from, to, amount);
    }

    function _move(address from, address to, uint256 amount) private {
        uint256[] memory ids = new uint256[](1);
        uint256[] memory amounts = new uint256[](1);
        (ids[0], amounts[0]) = (CREDIT, amount);
        _update(from, to, ids, amounts);
    }

    /// @dev The one place through which every balance changes: keeps the credit's supply and its ERC-20 events, and owners.
    function _update(address from, address to, uint256[] memory ids, uint256[] memory amounts) internal override {
        super._update(from, to, ids, amounts);
        for (uint256 i = 0; i < ids.length; ++i) {
            if (ids[i] == CREDIT) {
                if (from == address(0)) totalSupply += amounts[i];
                emit Transfer(from, to, amounts[i]);
            } else if (amounts[i] != 0) {
                ownerOf[ids[i]] = to; // anybody may transfer none of it
            }
        }
    }
}
